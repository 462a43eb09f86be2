#include "libblock/detail/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#ifndef _WIN32
#include <fcntl.h>
#endif

#include "libblock/detail/temporary_file.hpp"
#include "libblock/error.hpp"

namespace libblock::detail {
namespace {

namespace fs = std::filesystem;

constexpr int max_links = 40;
constexpr std::size_t chunk_bytes = std::size_t{256} * 1024;

using File = std::unique_ptr<std::FILE, CloseFile>;

std::string words_of(int error) {
    return std::generic_category().message(error);
}

[[noreturn]] void refuse(const fs::path& path, std::string problem) {
    throw Error(ErrorCode::FileAccess, std::move(problem), to_utf8(path));
}

void require_regular(const fs::path& path, fs::file_status status) {
    if (fs::is_directory(status)) refuse(path, "is a folder, not a file");
    if (!fs::is_regular_file(status)) refuse(path, "is not a regular file");
}

// ---- what the platforms do each in their own way -----------------------------------------------

#ifdef _WIN32

File open_to_read(const fs::path& path) {
    return File(_wfopen(path.c_str(), L"rb"));
}

#else

/// Does not wait for the other end of a pipe.
File open_to_read(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    return File(descriptor < 0 ? nullptr : ::fdopen(descriptor, "rb"));
}

#endif

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

std::string to_utf8(const fs::path& path) {
    const std::u8string text = path.u8string();
    return {text.begin(), text.end()};
}

fs::path from_utf8(std::string_view text) {
    return {std::u8string(text.begin(), text.end())};
}

fs::path follow_links(const fs::path& path) {
    fs::path target = path;
    std::error_code error;
    for (int links = 0; fs::is_symlink(fs::symlink_status(target, error)); ++links) {
        if (links == max_links) refuse(path, "is a symbolic link that leads nowhere");
        target = folder_of(target) / fs::read_symlink(target, error);
    }
    return target;
}

void CloseFile::operator()(std::FILE* file) const noexcept {
    std::fclose(file);
}

FileReader::FileReader(const fs::path& path, std::size_t max_bytes)
    : path_(path), max_bytes_(max_bytes), file_(open_to_read(path)) {
    if (!file_) refuse(path, fmt::format("cannot be read: {}", words_of(errno)));
    std::error_code error;
    require_regular(path, fs::status(path, error));
    const std::uintmax_t size = fs::file_size(path, error);
    if (!error) size_ = static_cast<std::size_t>(std::min<std::uintmax_t>(size, max_bytes));
}

std::size_t FileReader::read(std::span<char> piece) {
    const std::size_t count = std::fread(piece.data(), 1, piece.size(), file_.get());
    read_bytes_ += count;
    if (read_bytes_ > max_bytes_) {
        throw Error(ErrorCode::LimitExceeded, fmt::format("is larger than {} bytes", max_bytes_),
                    to_utf8(path_));
    }
    if (std::ferror(file_.get()) != 0) refuse(path_, "cannot be read to its end");
    return count;
}

std::string read_file(const fs::path& path, std::size_t max_bytes) {
    FileReader reader(path, max_bytes);
    std::string bytes;
    std::size_t piece = reader.size() + 1;  // one more, which tells that it has ended
    std::size_t count = 0;
    do {
        const std::size_t before = bytes.size();
        bytes.resize(before + piece);
        count = reader.read(std::span(bytes).subspan(before));
        bytes.resize(before + count);
    } while (count == std::exchange(piece, chunk_bytes));
    return bytes;
}

std::optional<std::string> read_if_exists(const fs::path& path, std::size_t max_bytes) {
    std::error_code error;
    if (fs::status(path, error).type() == fs::file_type::not_found) return std::nullopt;
    return read_file(path, max_bytes);
}

StagedFile::StagedFile(const fs::path& path, std::string_view bytes)
    : file_(std::make_unique<TemporaryFile>(follow_links(path))) {
    file_->append(std::as_bytes(std::span(bytes)));
    file_->finish();
}

StagedFile::~StagedFile() = default;
StagedFile::StagedFile(StagedFile&& other) noexcept = default;

void StagedFile::commit() {
    file_->commit();
}

}  // namespace libblock::detail
