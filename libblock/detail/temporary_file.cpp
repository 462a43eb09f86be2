#include "libblock/detail/temporary_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#ifdef _WIN32
#include <io.h>
#else
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include "libblock/detail/file.hpp"
#include "libblock/error.hpp"

namespace libblock::detail {
namespace {

namespace fs = std::filesystem;

constexpr int max_temporaries = 1000;

[[noreturn]] void refuse(const fs::path& path, std::string problem) {
    throw Error(ErrorCode::FileAccess, std::move(problem), to_utf8(path));
}

void require_regular(const fs::path& path, fs::file_status status) {
    if (fs::is_directory(status)) refuse(path, "is a folder, not a file");
    if (!fs::is_regular_file(status)) refuse(path, "is not a regular file");
}

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void remove_quietly(const fs::path& path) noexcept {
    std::error_code ignored;
    fs::remove(path, ignored);
}

// ---- what the platforms do each in their own way -----------------------------------------------

#ifdef _WIN32

std::FILE* create_new(const fs::path& path) {
    return _wfopen(path.c_str(), L"wb+x");
}
bool flush_to_disk(std::FILE* file) {
    return _commit(_fileno(file)) == 0;
}
bool seek_to(std::FILE* file, std::uint64_t offset) {
    return _fseeki64(file, static_cast<__int64>(offset), SEEK_SET) == 0;
}
bool remove_open(const fs::path&) noexcept {
    return false;
}
void flush_folder(const fs::path&) {}  // Windows keeps the order of renames itself

#else

std::FILE* create_new(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return descriptor < 0 ? nullptr : ::fdopen(descriptor, "wb+");
}

bool flush_to_disk(std::FILE* file) {
    return ::fsync(::fileno(file)) == 0;
}

bool seek_to(std::FILE* file, std::uint64_t offset) {
    return ::fseeko(file, static_cast<off_t>(offset), SEEK_SET) == 0;
}

bool remove_open(const fs::path& path) noexcept {
    return ::unlink(path.c_str()) == 0;
}

/// Makes a rename last; where a file system cannot do that there is nothing to be done.
void flush_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

#endif

/// Creates a file of a name that was free. The name is short, whatever the target is called.
std::pair<fs::path, std::FILE*> create_temporary(const fs::path& target) {
    for (int i = 0; i < max_temporaries; ++i) {
        fs::path name = folder_of(target) / fmt::format(".libblock-{}.tmp", i);
        if (std::FILE* file = create_new(name)) return {std::move(name), file};
        if (errno != EEXIST) break;
    }
    refuse(target, fmt::format("cannot be written: {}", std::generic_category().message(errno)));
}

}  // namespace

TemporaryFile::TemporaryFile(fs::path target) : target_(std::move(target)) {
    std::error_code error;
    const fs::file_status old = fs::status(target_, error);
    const bool exists = fs::exists(old);
    if (exists) require_regular(target_, old);
    auto [name, file] = create_temporary(target_);
    name_ = std::move(name);
    file_.reset(file);
    if (exists) fs::permissions(name_, old.permissions(), error);
}

TemporaryFile::~TemporaryFile() {
    file_.reset();  // Windows removes no open file
    if (!name_.empty()) remove_quietly(name_);
}

void TemporaryFile::hide() noexcept {
    if (remove_open(name_)) name_.clear();
}

void TemporaryFile::refuse_write(int error) const {
    refuse(target_, fmt::format("cannot be written: {}", std::generic_category().message(error)));
}

void TemporaryFile::seek(std::uint64_t offset) {
    if (!seek_to(file_.get(), offset)) refuse_write(errno);
}

void TemporaryFile::append(std::span<const std::byte> bytes) {
    write_at(size_, bytes);
}

void TemporaryFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
    seek(offset);
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
        refuse_write(errno);
    }
    size_ = std::max(size_, offset + bytes.size());
}

void TemporaryFile::read_at(std::uint64_t offset, std::span<std::byte> bytes) {
    seek(offset);
    if (std::fread(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
        refuse(target_, "cannot be written: a temporary file beside it was cut short");
    }
}

void TemporaryFile::finish() {
    const bool written = std::fflush(file_.get()) == 0 && flush_to_disk(file_.get());
    const int error = errno;
    if (std::fclose(file_.release()) != 0 || !written) refuse_write(written ? errno : error);
}

void TemporaryFile::commit() {
    if (file_) finish();
    std::error_code error;
    fs::rename(name_, target_, error);
    if (error) refuse(target_, fmt::format("cannot be replaced: {}", error.message()));
    name_.clear();
    flush_folder(folder_of(target_));
}

}  // namespace libblock::detail
