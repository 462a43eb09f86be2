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

#ifdef _WIN32
#include <io.h>
#else
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include "libblock/error.hpp"

namespace libblock::detail {
namespace {

namespace fs = std::filesystem;

constexpr int max_links = 40;
constexpr int max_temporaries = 1000;
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
File create_new(const fs::path& path) {
    return File(_wfopen(path.c_str(), L"wbx"));
}
bool flush_to_disk(std::FILE* file) {
    return _commit(_fileno(file)) == 0;
}
void flush_folder(const fs::path&) {}  // Windows keeps the order of renames itself

#else

/// Does not wait for the other end of a pipe.
File open_to_read(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    return File(descriptor < 0 ? nullptr : ::fdopen(descriptor, "rb"));
}

File create_new(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return File(descriptor < 0 ? nullptr : ::fdopen(descriptor, "wb"));
}

bool flush_to_disk(std::FILE* file) {
    return ::fsync(::fileno(file)) == 0;
}

/// Makes a rename last; where a file system cannot do that there is nothing to be done.
void flush_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

#endif

// ---- temporary files ---------------------------------------------------------------------------

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// Creates a file of a name that was free. `name` is short, whatever the target is called.
std::pair<fs::path, File> create_temporary(const fs::path& target) {
    for (int i = 0; i < max_temporaries; ++i) {
        fs::path name = folder_of(target) / fmt::format(".libblock-{}.tmp", i);
        if (File file = create_new(name)) return {std::move(name), std::move(file)};
        if (errno != EEXIST) break;
    }
    refuse(target, fmt::format("cannot be written: {}", words_of(errno)));
}

bool write_all(File file, std::string_view bytes) {
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size() &&
                         std::fflush(file.get()) == 0 && flush_to_disk(file.get());
    return std::fclose(file.release()) == 0 && written;
}

void remove_quietly(const fs::path& path) noexcept {
    std::error_code ignored;
    fs::remove(path, ignored);
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

StagedFile::StagedFile(const fs::path& path, std::string_view bytes) : target_(follow_links(path)) {
    std::error_code error;
    const fs::file_status old = fs::status(target_, error);
    const bool exists = fs::exists(old);
    if (exists) require_regular(target_, old);
    auto [name, file] = create_temporary(target_);
    temporary_ = std::move(name);
    if (exists) fs::permissions(temporary_, old.permissions(), error);
    if (!write_all(std::move(file), bytes)) {
        const std::string problem = words_of(errno);
        remove_quietly(temporary_);
        refuse(target_, fmt::format("cannot be written: {}", problem));
    }
}

StagedFile::~StagedFile() {
    if (!temporary_.empty()) remove_quietly(temporary_);
}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : target_(std::move(other.target_)), temporary_(std::exchange(other.temporary_, {})) {}

void StagedFile::commit() {
    std::error_code error;
    fs::rename(temporary_, target_, error);
    if (error) refuse(target_, fmt::format("cannot be replaced: {}", error.message()));
    temporary_.clear();
    flush_folder(folder_of(target_));
}

}  // namespace libblock::detail
