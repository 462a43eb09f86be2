#include "libblock/detail/temporary_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
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
using File = TemporaryFile::File;

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
void set_mode(std::FILE*, const fs::path& name, fs::perms mode) noexcept {
    std::error_code ignored;
    fs::permissions(name, mode, ignored);
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

void set_mode(std::FILE* file, const fs::path&, fs::perms mode) noexcept {
    // A file system that has no modes changes nothing.
    static_cast<void>(::fchmod(::fileno(file), static_cast<mode_t>(mode)));
}

/// Makes a rename last; where a file system cannot do that there is nothing to be done.
void flush_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

#endif

#ifdef __linux__

std::string descriptor_path(std::FILE* file) {
    return fmt::format("/proc/self/fd/{}", ::fileno(file));
}

/// Creates a file that has no name yet, and so vanishes however the process ends; null where the
/// file system cannot do that.
File create_nameless(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0666);
    if (descriptor < 0) return nullptr;
    File file(::fdopen(descriptor, "wb+"));
    if (file && ::access(descriptor_path(file.get()).c_str(), F_OK) != 0) return nullptr;
    return file;
}

bool give_name(std::FILE* file, const fs::path& name) {
    return ::linkat(AT_FDCWD, descriptor_path(file).c_str(), AT_FDCWD, name.c_str(),
                    AT_SYMLINK_FOLLOW) == 0;
}

#else

File create_nameless(const fs::path&) {
    return nullptr;
}
bool give_name(std::FILE*, const fs::path&) {
    return false;
}

#endif

/// Gives names beside the target to `take` until it takes one; returns that. `take` leaves EEXIST
/// in `errno` if another one may do. The names are short, whatever the target is called.
template <typename Take>
fs::path take_free_name(const fs::path& target, Take take) {
    for (int i = 0; i < max_temporaries; ++i) {
        fs::path name = folder_of(target) / fmt::format(".libblock-{}.tmp", i);
        if (take(name)) return name;
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
    file_ = create_nameless(folder_of(target_));
    if (!file_) {
        name_ = take_free_name(target_, [this](const fs::path& name) {
            file_.reset(create_new(name));
            return file_ != nullptr;
        });
    }
    if (exists) set_mode(file_.get(), name_, old.permissions());
}

TemporaryFile::~TemporaryFile() {
    file_.reset();  // Windows removes no open file
    if (!name_.empty()) remove_quietly(name_);
}

void TemporaryFile::hide() noexcept {
    if (!name_.empty() && remove_open(name_)) name_.clear();
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
    if (written && name_.empty()) {
        name_ = take_free_name(
            target_, [this](const fs::path& name) { return give_name(file_.get(), name); });
    }
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
