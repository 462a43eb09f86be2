#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#if defined(__SSE2__) || defined(_M_X64)
#define LIBBLOCK_SSE2
#include <emmintrin.h>
#endif

#include "libblock/sha256.hpp"

/// The file of a hash index, as docs/index.md describes it. All numbers are little-endian.
namespace libblock::detail {

inline constexpr std::size_t index_page = 4096;
inline constexpr std::size_t index_block_bytes = 64;
inline constexpr std::size_t block_fingerprints = 28;

/// What an index begins with, even if a transfer as text has changed the line end behind it. The
/// first byte is no text.
inline constexpr std::string_view index_mark = "\x89LBIDX";

struct IndexHeader {
    std::uint64_t count = 0;
    std::uint64_t block_count = 0;
    Sha256 digests_sha256;
    Sha256 blocks_sha256;
};

using IndexPage = std::array<std::byte, index_page>;
using IndexBlock = std::array<std::byte, index_block_bytes>;

IndexPage encode_header(const IndexHeader& header);
/// Throws InvalidDocument, without a place, for what is no header or a damaged one. `bytes` may
/// have any size.
IndexHeader decode_header(std::span<const std::byte> bytes);

std::uint64_t blocks_for(std::uint64_t count) noexcept;
std::uint64_t blocks_offset(std::uint64_t count) noexcept;
std::uint64_t index_file_bytes(std::uint64_t count) noexcept;

/// Where the digests of a key are told of.
struct IndexPlace {
    std::uint64_t block;
    std::uint16_t fingerprint;
};

/// Splits the range of keys evenly; the fingerprint says where in the part of its block a key is.
inline IndexPlace place_of(std::uint64_t key, std::uint64_t block_count) noexcept {
    const std::uint64_t scaled =  // the upper 64 of the 96 bits of key * block_count
        (key >> 32) * block_count + (((key & 0xffffffff) * block_count) >> 32);
    return {scaled >> 32, static_cast<std::uint16_t>(scaled >> 16)};
}

inline std::uint64_t load_little(const std::byte* bytes) noexcept {
    std::uint64_t value = 0;
    for (int i = 7; i >= 0; --i) value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
    return value;
}

/// A block that lies in a file.
class BlockView {
public:
    explicit BlockView(const std::byte* bytes) noexcept
        : bytes_(bytes), head_(load_little(bytes)) {}

    /// The place of its first digest among all.
    std::uint64_t first() const noexcept { return head_ & max_first; }
    /// The number of its digests, at most `max_count`, which stands for "that many or more".
    std::size_t count() const noexcept { return static_cast<std::size_t>(head_ >> 48); }
    bool has_fingerprints() const noexcept { return count() <= block_fingerprints; }

    /// A bit for each digest that may have this fingerprint, the first one's lowest: it is there
    /// for each that has, and seldom for another.
    std::uint32_t candidates(std::uint16_t fingerprint) const noexcept;

    static constexpr std::uint64_t max_first = (std::uint64_t{1} << 48) - 1;
    static constexpr std::size_t max_count = 0xffff;

private:
    std::uint32_t told_bits() const noexcept {
        return (std::uint32_t{1} << std::min(count(), block_fingerprints)) - 1;
    }

    const std::byte* bytes_;
    std::uint64_t head_;
};

#ifdef LIBBLOCK_SSE2

inline std::uint32_t BlockView::candidates(std::uint16_t fingerprint) const noexcept {
    const __m128i wanted = _mm_set1_epi16(static_cast<short>(fingerprint));
    const auto equal = [&](std::size_t part) {
        const auto* at = reinterpret_cast<const __m128i*>(bytes_) + part;
        return _mm_cmpeq_epi16(_mm_loadu_si128(at), wanted);
    };
    const auto bits = [](__m128i low, __m128i high) {
        return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
    };
    const std::uint32_t found = bits(equal(0), equal(1)) | bits(equal(2), equal(3)) << 16;
    return found >> 4 & told_bits();  // the first four parts are the head
}

#else

inline std::uint32_t BlockView::candidates(std::uint16_t fingerprint) const noexcept {
    constexpr std::uint64_t ones = 0x0001000100010001;
    constexpr std::uint64_t gather = 0x0001000200040008;  // moves bits 0, 16, 32, 48 to 48 and up
    std::uint32_t found = 0;
    for (std::size_t i = 0; i < block_fingerprints / 4; ++i) {
        // A part of 16 bits that is zero sets its highest bit; a borrow may set the next one's too.
        const std::uint64_t parts = load_little(bytes_ + 8 + 8 * i) ^ ones * fingerprint;
        const std::uint64_t zeros = (parts - ones) & ~parts & ones << 15;
        found |= static_cast<std::uint32_t>((zeros >> 15) * gather >> 48) << 4 * i;
    }
    return found & told_bits();
}

#endif

/// Makes the blocks of digests that come in order, and gives each to `take(const IndexBlock&)`.
template <typename Take>
class BlockWriter {
public:
    BlockWriter(std::uint64_t block_count, Take take) : block_count_(block_count), take_(take) {}

    void add(std::uint64_t key) {
        const IndexPlace place = place_of(key, block_count_);
        while (block_ < place.block) close();
        if (count_ < block_fingerprints) fingerprints_[count_] = place.fingerprint;
        ++count_;
    }

    void finish() {
        while (block_ < block_count_) close();
    }

private:
    void close();

    std::uint64_t block_count_;
    Take take_;
    std::uint64_t block_ = 0;
    std::uint64_t first_ = 0;
    std::uint64_t count_ = 0;
    std::array<std::uint16_t, block_fingerprints> fingerprints_{};
};

IndexBlock encode_block(std::uint64_t first, std::uint64_t count,
                        std::span<const std::uint16_t> fingerprints) noexcept;

template <typename Take>
void BlockWriter<Take>::close() {
    take_(encode_block(first_, count_, fingerprints_));
    fingerprints_.fill(0);
    first_ += count_;
    count_ = 0;
    ++block_;
}

}  // namespace libblock::detail
