#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>

namespace libblock::detail {

/// A new file beside `target`, which vanishes unless `commit` puts it in the target's place; on
/// Linux and most file systems of it even if the process is killed. Errors are FileAccess and name
/// the target.
class TemporaryFile {
public:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    using File = std::unique_ptr<std::FILE, Close>;

    /// `target` is no symbolic link, and a regular file if it exists.
    explicit TemporaryFile(std::filesystem::path target);
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    /// Gives up the name already, where a file without one can still be used (not on Windows): then
    /// nothing stays behind however the process ends.
    void hide() noexcept;

    void append(std::span<const std::byte> bytes);
    void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
    /// Fills `bytes` from there; what was written before is there.
    void read_at(std::uint64_t offset, std::span<std::byte> bytes);
    std::uint64_t size() const noexcept { return size_; }

    /// Makes sure that all bytes are on the disk; nothing can be written any more.
    void finish();
    /// Finishes, and replaces the target; it keeps its mode.
    void commit();

private:
    [[noreturn]] void refuse_write(int error) const;
    void seek(std::uint64_t offset);

    std::filesystem::path target_;
    std::filesystem::path name_;  ///< empty if it has none, or needs none any more
    File file_;
    std::uint64_t size_ = 0;
};

}  // namespace libblock::detail
