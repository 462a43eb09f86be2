#include "libblock/detail/index_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "libblock/error.hpp"
#include "libblock/hasher.hpp"
#include "libblock/limits.hpp"
#include "libblock/sha256.hpp"

namespace libblock::detail {
namespace {

// The line ends show a transfer that converts them.
constexpr std::string_view magic = "\x89LBIDX\r\n";
static_assert(magic.starts_with(index_mark));
constexpr std::uint32_t version = 1;
constexpr std::uint64_t digests_per_block = 16;  // few blocks then have more than fingerprints

constexpr std::size_t version_at = 8;
constexpr std::size_t flags_at = 12;
constexpr std::size_t count_at = 16;
constexpr std::size_t block_count_at = 24;
constexpr std::size_t digests_sha256_at = 32;
constexpr std::size_t blocks_sha256_at = 64;
constexpr std::size_t header_sha256_at = 96;

[[noreturn]] void refuse(std::string message) {
    throw Error(ErrorCode::InvalidDocument, std::move(message));
}

void store(std::span<std::byte> bytes, std::uint64_t value) noexcept {
    for (std::byte& byte : bytes) {
        byte = static_cast<std::byte>(value & 0xff);
        value >>= 8;
    }
}

void store(std::span<std::byte> bytes, const Sha256& digest) noexcept {
    std::memcpy(bytes.data(), digest.bytes().data(), Sha256::byte_count);
}

std::uint32_t load_32(const std::byte* bytes) noexcept {
    std::array<std::byte, 8> wide{};
    std::copy_n(bytes, 4, wide.begin());
    return static_cast<std::uint32_t>(load_little(wide.data()));
}

Sha256 load_digest(const std::byte* bytes) noexcept {
    Sha256::Bytes digest{};
    std::memcpy(digest.data(), bytes, digest.size());
    return Sha256(digest);
}

Sha256 header_sha256(std::span<const std::byte> page) {
    Hasher hasher;
    hasher.update(page.first(header_sha256_at));
    hasher.update(page.subspan(header_sha256_at + Sha256::byte_count));
    return hasher.finish();
}

}  // namespace

IndexPage encode_header(const IndexHeader& header) {
    IndexPage page{};
    const std::span bytes(page);
    std::memcpy(page.data(), magic.data(), magic.size());
    store(bytes.subspan(version_at, 4), version);
    store(bytes.subspan(count_at, 8), header.count);
    store(bytes.subspan(block_count_at, 8), header.block_count);
    store(bytes.subspan(digests_sha256_at), header.digests_sha256);
    store(bytes.subspan(blocks_sha256_at), header.blocks_sha256);
    store(bytes.subspan(header_sha256_at), header_sha256(bytes));
    return page;
}

IndexHeader decode_header(std::span<const std::byte> bytes) {
    const std::size_t compared = std::min(bytes.size(), magic.size());
    if (compared == 0 || std::memcmp(bytes.data(), magic.data(), compared) != 0) {
        refuse("is no hash index");
    }
    if (bytes.size() < index_page) {
        refuse(fmt::format("is cut short: {} bytes do not hold the header of a hash index",
                           bytes.size()));
    }
    const std::span page = bytes.first(index_page);
    const std::uint32_t found = load_32(page.data() + version_at);
    if (found != version) {
        refuse(fmt::format("is a hash index of version {}, but this library reads version {}",
                           found, version));
    }
    if (load_digest(page.data() + header_sha256_at) != header_sha256(page)) {
        refuse("is damaged: the header is not the one that was written");
    }
    if (load_32(page.data() + flags_at) != 0) {
        refuse("is a hash index with features that this library does not know");
    }
    const IndexHeader header{.count = load_little(page.data() + count_at),
                             .block_count = load_little(page.data() + block_count_at),
                             .digests_sha256 = load_digest(page.data() + digests_sha256_at),
                             .blocks_sha256 = load_digest(page.data() + blocks_sha256_at)};
    if (header.count > limits::hash_index_digests) {
        throw Error(ErrorCode::LimitExceeded,
                    fmt::format("says that it holds {} digests, but {} are the most", header.count,
                                limits::hash_index_digests));
    }
    if (header.block_count != blocks_for(header.count)) {
        refuse(fmt::format("says that it has {} blocks, but {} digests have {}", header.block_count,
                           header.count, blocks_for(header.count)));
    }
    return header;
}

std::uint64_t blocks_for(std::uint64_t count) noexcept {
    return std::max<std::uint64_t>(1, (count + digests_per_block - 1) / digests_per_block);
}

std::uint64_t blocks_offset(std::uint64_t count) noexcept {
    const std::uint64_t end = index_page + count * Sha256::byte_count;
    return (end + index_page - 1) / index_page * index_page;
}

std::uint64_t index_file_bytes(std::uint64_t count) noexcept {
    return blocks_offset(count) + blocks_for(count) * index_block_bytes;
}

IndexBlock encode_block(std::uint64_t first, std::uint64_t count,
                        std::span<const std::uint16_t> fingerprints) noexcept {
    IndexBlock block{};
    const std::span bytes(block);
    const auto told = std::min<std::uint64_t>(count, BlockView::max_count);
    store(bytes.first(8), first | told << 48);
    if (count > block_fingerprints) return block;  // they are searched instead
    for (std::size_t i = 0; i < count; ++i) store(bytes.subspan(8 + 2 * i, 2), fingerprints[i]);
    return block;
}

}  // namespace libblock::detail
