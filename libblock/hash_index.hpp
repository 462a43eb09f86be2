#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/hasher.hpp"
#include "libblock/sha256.hpp"

// Known hashes by the hundred million, such as the Reference Data Set of the National Software
// Reference Library (https://www.nist.gov/itl/ssd/software-quality-group/nsrl): a file of sorted
// digests that is searched where it lies. docs/index.md describes its format.

namespace libblock {

namespace detail {
class Utf16Decoder;
}

/// Told how much of the work is done, and how much there is; may throw to stop it.
using HashIndexProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// A file of digests, open for lookups; it is mapped into memory and read only where it is asked.
/// Replacing the file does not disturb those who have it open; cutting it short would.
class HashIndex {
public:
    /// Opens an index. Throws `Error`: FileAccess if the file cannot be read, InvalidDocument if it
    /// is no index or is damaged so far as its header and size can tell, LimitExceeded. What else
    /// is damaged can hide digests, but neither crash nor make one up; `verify` finds it.
    static HashIndex open(const std::filesystem::path& path);

    HashIndex(HashIndex&&) noexcept;
    HashIndex& operator=(HashIndex&&) noexcept;
    ~HashIndex();

    std::uint64_t size() const noexcept { return digests_.size(); }
    bool empty() const noexcept { return digests_.empty(); }
    /// All of them, sorted and without repeats, valid as long as the index is.
    std::span<const Sha256> digests() const noexcept { return digests_; }
    /// What `verify` compares the digests with: the SHA-256 of their bytes.
    const Sha256& digests_sha256() const noexcept { return digests_sha256_; }

    bool contains(const Sha256& digest) const noexcept;
    /// Says for each of `digests` whether it is in the index, in the same place of `found`; several
    /// times faster than one by one. Throws `Error` (InvalidValue) if `found` has another size.
    void contains(std::span<const Sha256> digests, std::span<bool> found) const;

    /// Reads the whole file, and throws `Error` (InvalidDocument) unless it is as it was written.
    /// `progress` is told of digests.
    void verify(const HashIndexProgress& progress = {}) const;

private:
    struct Mapping;
    explicit HashIndex(std::unique_ptr<Mapping> mapping);

    struct Batch;

    bool find_in_block(const Sha256& digest) const noexcept;
    void locate(Batch& batch) const noexcept;
    void ask_blocks(Batch& batch) const noexcept;
    void settle(Batch& batch) const noexcept;
    void verify_digests(const HashIndexProgress& progress) const;
    void verify_blocks() const;

    std::unique_ptr<Mapping> mapping_;
    std::span<const Sha256> digests_;
    std::span<const std::byte> blocks_;
    std::uint64_t block_count_ = 0;
    Sha256 digests_sha256_;
};

/// What a text held.
struct HashTextCounts {
    std::uint64_t hashes = 0;  ///< repeats included
    std::uint64_t lines = 0;
    std::uint64_t lines_without_hash = 0;

    bool operator==(const HashTextCounts&) const = default;
};

/// Finds the SHA-256s of a text of any kind and length that arrives in pieces: one on a line, lines
/// of `sha256sum`, rows of CSV. It takes each word of 64 hexadecimal digits; a word is an unbroken
/// run of ASCII letters, digits and underscores. The text may be UTF-16, with a byte order mark or
/// beginning with ASCII. Needs memory for a few thousand digests.
class HashTextReader {
public:
    using Sink = std::function<void(std::span<const Sha256>)>;

    /// `take` is given the hashes in reading order, some thousands at a time.
    explicit HashTextReader(Sink take);
    HashTextReader(HashTextReader&&) noexcept;
    HashTextReader& operator=(HashTextReader&&) noexcept;
    ~HashTextReader();

    /// Throws `Error` (InvalidDocument) if the text is a hash index, and then starts anew.
    void read(std::string_view piece);
    /// Gives what was found so far to `take` at once.
    void flush();
    /// Ends the text, and gives its counts; the reader then starts anew. Throws as `read` does.
    HashTextCounts finish();

private:
    void begin();
    void decode(std::string_view bytes);
    void read_text(std::string_view piece);
    void read_words(std::string_view text);
    void take_word(std::string_view word);
    void pass_over(std::string_view text);

    Sink take_;
    std::vector<Sha256> found_;
    std::string head_;  ///< of the text, until its encoding is known
    bool begun_ = false;
    std::unique_ptr<detail::Utf16Decoder> decoder_;  ///< if it needs one
    std::string word_;  ///< which the last piece ended in; only its end if it is no hash
    HashTextCounts counts_;
    bool line_has_hash_ = false;
    bool line_begun_ = false;
};

/// Builds an index of any number of digests in bounded memory.
class HashIndexBuilder {
public:
    static constexpr std::size_t default_memory = std::size_t{512} << 20;
    static constexpr std::size_t min_memory = std::size_t{1} << 20;

    /// `finish` will replace `path`; nothing is written before it must be. Uses `memory` bytes, of
    /// which it leaves up to 40 MiB, but at most half, to the program around it; digests that do
    /// not fit go sorted to a temporary file beside `path`. Throws `Error` (InvalidValue) if
    /// `memory` is below `min_memory`.
    explicit HashIndexBuilder(const std::filesystem::path& path,
                              std::size_t memory = default_memory);
    HashIndexBuilder(HashIndexBuilder&&) noexcept;
    HashIndexBuilder& operator=(HashIndexBuilder&&) noexcept;
    /// Without `finish` nothing stays behind.
    ~HashIndexBuilder();

    /// Adds digests in any order, with or without repeats. Throws `Error` (FileAccess).
    void add(std::span<const Sha256> digests);
    /// Adds the next piece of a text, as `HashTextReader` reads it.
    void add_text(std::string_view piece);
    /// Ends the text.
    HashTextCounts end_text();
    /// Adds the hashes of a text in a regular file of any size; it ends the text of `add_text`,
    /// whose counts it leaves out. Throws `Error`: FileAccess, InvalidDocument if the file is a
    /// hash index. `progress` is told of bytes, at least every 16 MiB.
    HashTextCounts add_file(const std::filesystem::path& path, const HashProgress& progress = {});

    /// Writes the index and puts it in the place of `path`, so that at every moment the old file is
    /// there or the new one; returns the number of digests. The same digests always make the same
    /// bytes. Throws `Error` (FileAccess, LimitExceeded). `progress` is told of digests, of which
    /// there may turn out to be fewer, and goes on being told while what remains is written.
    /// Nothing can be added any more.
    std::uint64_t finish(const HashIndexProgress& progress = {});

private:
    struct State;
    State& state() const;

    std::unique_ptr<State> state_;
};

}  // namespace libblock
