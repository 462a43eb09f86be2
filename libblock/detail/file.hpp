#pragma once

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Files that are read and replaced as a whole. Errors are FileAccess and name the file.
namespace libblock::detail {

/// Paths as text, the same on every platform.
std::string to_utf8(const std::filesystem::path& path);
std::filesystem::path from_utf8(std::string_view text);

/// The file that `path` stands for when its symbolic links are followed; it need not exist.
std::filesystem::path follow_links(const std::filesystem::path& path);

struct CloseFile {
    void operator()(std::FILE* file) const noexcept;
};

/// A regular file that is read in pieces: a pipe or a device could block for ever. It throws
/// LimitExceeded when it has read more than `max_bytes`.
class FileReader {
public:
    FileReader(const std::filesystem::path& path, std::size_t max_bytes);

    /// The size it had when it was opened, at most `max_bytes`.
    std::size_t size() const noexcept { return size_; }
    /// Fills the piece, but for what is beyond the end of the file; the number of bytes.
    std::size_t read(std::span<char> piece);

private:
    std::filesystem::path path_;
    std::size_t max_bytes_;
    std::size_t size_ = 0;
    std::size_t read_bytes_ = 0;
    std::unique_ptr<std::FILE, CloseFile> file_;
};

/// The bytes of a regular file.
std::string read_file(const std::filesystem::path& path, std::size_t max_bytes);
/// `read_file`, or nothing if there is no such file.
std::optional<std::string> read_if_exists(const std::filesystem::path& path, std::size_t max_bytes);

class TemporaryFile;

/// New bytes for a file, written in full to a temporary file beside it. `commit` puts them in its
/// place, so that at every moment the old bytes are there or the new; without it they vanish. A
/// file that exists keeps its mode; a symbolic link stays, and its target is replaced.
class StagedFile {
public:
    StagedFile(const std::filesystem::path& path, std::string_view bytes);
    ~StagedFile();
    StagedFile(StagedFile&& other) noexcept;
    StagedFile(const StagedFile&) = delete;
    StagedFile& operator=(const StagedFile&) = delete;
    StagedFile& operator=(StagedFile&&) = delete;

    void commit();

private:
    std::unique_ptr<TemporaryFile> file_;
};

}  // namespace libblock::detail
