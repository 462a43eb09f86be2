#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "libblock/sha256.hpp"

/// A digest as numbers that compare as its bytes do.
namespace libblock::detail {

/// The first 8 bytes, the most significant first: what decides nearly every comparison.
inline std::uint64_t key_of(const Sha256& digest) noexcept {
    const std::uint8_t* bytes = digest.bytes().data();
    return std::uint64_t{bytes[0]} << 56 | std::uint64_t{bytes[1]} << 48 |
           std::uint64_t{bytes[2]} << 40 | std::uint64_t{bytes[3]} << 32 |
           std::uint64_t{bytes[4]} << 24 | std::uint64_t{bytes[5]} << 16 |
           std::uint64_t{bytes[6]} << 8 | std::uint64_t{bytes[7]};
}

/// The 8 bytes at `8 * index`, in the order of the machine: for equality only.
inline std::uint64_t word_of(const Sha256& digest, std::size_t index) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, digest.bytes().data() + 8 * index, sizeof word);
    return word;
}

/// Not zero if two digests differ behind their keys.
inline std::uint64_t tail_difference(const Sha256& left, const Sha256& right) noexcept {
    return (word_of(left, 1) ^ word_of(right, 1)) | (word_of(left, 2) ^ word_of(right, 2)) |
           (word_of(left, 3) ^ word_of(right, 3));
}

/// `left < right`, by the keys unless they are equal.
inline bool key_less(const Sha256& left, const Sha256& right) noexcept {
    const std::uint64_t left_key = key_of(left);
    const std::uint64_t right_key = key_of(right);
    return left_key != right_key ? left_key < right_key : left < right;
}

}  // namespace libblock::detail
