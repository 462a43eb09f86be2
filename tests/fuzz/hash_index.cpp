// The file of a hash index, damaged in any way: it is refused, or every answer that it gives is a
// digest that stands in it.

#include "libblock/hash_index.hpp"

#include <fuzzer/FuzzedDataProvider.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "errors.hpp"
#include "fuzz.hpp"
#include "libblock/detail/index_format.hpp"
#include "libblock/error.hpp"
#include "libblock/hasher.hpp"

using namespace libblock;
using namespace libblock::fuzz;

namespace {

/// A file that is removed at the end, in memory where there is such a folder.
class ScratchFile {
public:
    ScratchFile() {
        const std::filesystem::path memory = "/dev/shm";
        const auto folder =
            std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
        path_ = folder / ("libblock-fuzz-" + std::to_string(::getpid()));
    }
    ~ScratchFile() { std::filesystem::remove(path_); }
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;

    const std::filesystem::path& write(std::span<const std::byte> bytes) const {
        std::ofstream file(path_, std::ios::binary | std::ios::trunc);
        file.write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
        FUZZ_REQUIRE(file.good());
        return path_;
    }

private:
    std::filesystem::path path_;
};

Sha256 digest_of(FuzzedDataProvider& input) {
    Sha256::Bytes bytes{};
    // Few heads and tails, so that digests crowd in the same blocks and are repeated.
    input.ConsumeData(bytes.data(), 3);
    bytes[31] = input.ConsumeIntegral<std::uint8_t>();
    return Sha256(bytes);
}

std::vector<Sha256> take_digests(FuzzedDataProvider& input) {
    std::vector<Sha256> digests(input.ConsumeIntegralInRange<std::size_t>(0, 200));
    for (Sha256& digest : digests) digest = digest_of(input);
    std::sort(digests.begin(), digests.end());
    digests.erase(std::unique(digests.begin(), digests.end()), digests.end());
    return digests;
}

std::uint64_t key_of(const Sha256& digest) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < 8; ++i) key = key * 256 + digest.bytes()[i];
    return key;
}

/// The file that is written for these digests, by docs/index.md.
std::vector<std::byte> make_index(std::span<const Sha256> digests) {
    std::vector<std::byte> blocks;
    const std::uint64_t block_count = detail::blocks_for(digests.size());
    detail::BlockWriter writer(block_count, [&](const detail::IndexBlock& block) {
        blocks.insert(blocks.end(), block.begin(), block.end());
    });
    for (const Sha256& digest : digests) writer.add(key_of(digest));
    writer.finish();

    Hasher digests_hasher;
    digests_hasher.update(std::as_bytes(digests));
    Hasher blocks_hasher;
    blocks_hasher.update(blocks);
    const detail::IndexPage page = detail::encode_header({.count = digests.size(),
                                                          .block_count = block_count,
                                                          .digests_sha256 = digests_hasher.finish(),
                                                          .blocks_sha256 = blocks_hasher.finish()});
    std::vector<std::byte> file(page.begin(), page.end());
    const auto bytes = std::as_bytes(digests);
    file.insert(file.end(), bytes.begin(), bytes.end());
    file.resize(static_cast<std::size_t>(detail::blocks_offset(digests.size())));
    file.insert(file.end(), blocks.begin(), blocks.end());
    return file;
}

/// Makes the header fit its own checksum again, so that what it says is looked at.
void mend_header(std::vector<std::byte>& file) {
    if (file.size() < detail::index_page) return;
    constexpr std::size_t at = 96;
    Hasher hasher;
    hasher.update(std::span(file).first(at));
    hasher.update(std::span(file).subspan(at + 32, detail::index_page - at - 32));
    const Sha256 digest = hasher.finish();
    std::memcpy(file.data() + at, digest.bytes().data(), 32);
}

/// Whether anything was changed.
bool damage(std::vector<std::byte>& file, FuzzedDataProvider& input) {
    const std::vector<std::byte> before = file;
    for (std::size_t i = input.ConsumeIntegralInRange<std::size_t>(0, 8); i > 0; --i) {
        const auto value = input.ConsumeIntegral<std::uint8_t>();
        const std::size_t parts[] = {0, 96, detail::index_page, file.size()};
        const std::size_t part = input.ConsumeIntegralInRange<std::size_t>(0, 2);
        if (file.empty()) break;
        const std::size_t at =
            std::min(file.size() - 1, input.ConsumeIntegralInRange<std::size_t>(
                                          std::min(parts[part], parts[part + 1]), parts[part + 1]));
        switch (value % 8) {
            case 0:
                file.resize(at);
                break;
            case 1:
                file.resize(file.size() + at % 4096);
                break;
            default:
                file[at] = std::byte{input.ConsumeIntegral<std::uint8_t>()};
        }
    }
    if (input.ConsumeBool()) mend_header(file);
    return file != before;
}

/// What is asked: digests of the file, and others near them.
std::vector<Sha256> questions(std::span<const Sha256> written, std::span<const Sha256> digests) {
    std::vector<Sha256> asked(written.begin(), written.end());
    asked.insert(asked.end(), digests.begin(), digests.end());
    for (std::size_t i = asked.size(); i > 0; --i) {
        Sha256::Bytes bytes = asked[i - 1].bytes();
        bytes[i % 32] ^= 1;
        asked.emplace_back(bytes);
    }
    return asked;
}

void check_answers(const HashIndex& index, std::span<const Sha256> written, bool sound) {
    const auto digests = index.digests();
    FUZZ_REQUIRE(digests.size() == index.size());
    const std::vector<Sha256> asked = questions(written, digests);
    const auto found = std::make_unique<bool[]>(asked.size());
    index.contains(asked, std::span(found.get(), asked.size()));
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const bool there = std::find(digests.begin(), digests.end(), asked[i]) != digests.end();
        // Of a damaged file each way may miss another digest, but none finds what is not there.
        for (const bool answer : {found[i], index.contains(asked[i])}) {
            FUZZ_REQUIRE(there || !answer, asked[i].to_string());
            FUZZ_REQUIRE(!sound || answer == there, asked[i].to_string());
        }
    }
}

bool verifies(const HashIndex& index) {
    try {
        index.verify();
        return true;
    } catch (const Error& error) {
        FUZZ_REQUIRE(error.code() == ErrorCode::InvalidDocument, error.what());
        return false;
    }
}

std::optional<HashIndex> opened(const std::filesystem::path& path) {
    try {
        return HashIndex::open(path);
    } catch (const Error& error) {
        FUZZ_REQUIRE(
            error.code() == ErrorCode::InvalidDocument || error.code() == ErrorCode::LimitExceeded,
            error.what());
        FUZZ_REQUIRE(is_utf8(error.what()), error.what());
        return std::nullopt;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ScratchFile scratch;
    FuzzedDataProvider input(data, size);
    const std::vector<Sha256> written = take_digests(input);
    std::vector<std::byte> file = make_index(written);
    const bool damaged = damage(file, input);
    const auto index = opened(scratch.write(file));
    FUZZ_REQUIRE(index || damaged);
    if (!index) return 0;
    const bool sound = verifies(*index);
    FUZZ_REQUIRE(sound || damaged);
    check_answers(*index, written, sound);
    return 0;
}
