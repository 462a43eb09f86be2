#include "libblock/detail/mapped_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#ifdef _WIN32
#define NOMINMAX
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include "libblock/detail/file.hpp"
#include "libblock/detail/large_pages.hpp"
#include "libblock/error.hpp"

namespace libblock::detail {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, std::string problem) {
    throw Error(ErrorCode::FileAccess, std::move(problem), to_utf8(path));
}

[[noreturn]] void refuse_with(const fs::path& path, int error) {
    refuse(path, fmt::format("cannot be read: {}", std::system_category().message(error)));
}

std::size_t checked_size(const fs::path& path, std::uint64_t size) {
    if (size > SIZE_MAX) refuse(path, "is larger than the memory of this machine can address");
    return static_cast<std::size_t>(size);
}

#ifdef _WIN32

struct Handle {
    HANDLE value;
    ~Handle() {
        if (value != nullptr && value != INVALID_HANDLE_VALUE) CloseHandle(value);
    }
};

int last_error() {
    return static_cast<int>(GetLastError());
}

std::span<const std::byte> map(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) refuse(path, "is a folder, not a file");
    const Handle file{CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE,
                                  nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr)};
    if (file.value == INVALID_HANDLE_VALUE) refuse_with(path, last_error());
    LARGE_INTEGER size{};
    if (GetFileSizeEx(file.value, &size) == 0) refuse_with(path, last_error());
    if (size.QuadPart == 0) return {};
    const std::size_t count = checked_size(path, static_cast<std::uint64_t>(size.QuadPart));
    const Handle mapping{CreateFileMappingW(file.value, nullptr, PAGE_READONLY, 0, 0, nullptr)};
    if (mapping.value == nullptr) refuse_with(path, last_error());
    const void* memory = MapViewOfFile(mapping.value, FILE_MAP_READ, 0, 0, 0);
    if (memory == nullptr) refuse_with(path, last_error());
    return {static_cast<const std::byte*>(memory), count};
}

void unmap(std::span<const std::byte> bytes) noexcept {
    if (!bytes.empty()) UnmapViewOfFile(bytes.data());
}

#else

struct Descriptor {
    int value;
    ~Descriptor() {
        if (value >= 0) ::close(value);
    }
};

/// Large pages spare most of the time of a random access, but are read as a whole: that is worth it
/// only where they stay in memory.
void prefer_large_pages_if_they_stay(const void* memory, std::size_t bytes) noexcept {
    const auto pages = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
    const auto page = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
    if (bytes <= pages * page / 2) prefer_large_pages(memory, bytes);
}

std::span<const std::byte> map(const fs::path& path) {
    // Does not wait for the other end of a pipe.
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.value < 0) refuse_with(path, errno);
    struct stat status {};
    if (::fstat(file.value, &status) != 0) refuse_with(path, errno);
    if (S_ISDIR(status.st_mode)) refuse(path, "is a folder, not a file");
    if (!S_ISREG(status.st_mode)) refuse(path, "is not a regular file");
    if (status.st_size == 0) return {};
    const std::size_t count = checked_size(path, static_cast<std::uint64_t>(status.st_size));
    void* memory = ::mmap(nullptr, count, PROT_READ, MAP_SHARED, file.value, 0);
    if (memory == MAP_FAILED) refuse_with(path, errno);
    prefer_large_pages_if_they_stay(memory, count);
    return {static_cast<const std::byte*>(memory), count};
}

void unmap(std::span<const std::byte> bytes) noexcept {
    if (!bytes.empty()) ::munmap(const_cast<std::byte*>(bytes.data()), bytes.size());
}

#endif

}  // namespace

MappedFile::MappedFile(const fs::path& path) : bytes_(map(path)) {}

MappedFile::~MappedFile() {
    unmap(bytes_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
}

}  // namespace libblock::detail
