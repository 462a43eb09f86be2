#include "libblock/hash_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "libblock/detail/digest_key.hpp"
#include "libblock/detail/encoding.hpp"
#include "libblock/detail/external_sort.hpp"
#include "libblock/detail/file.hpp"
#include "libblock/detail/hash_search.hpp"
#include "libblock/detail/index_format.hpp"
#include "libblock/detail/large_memory.hpp"
#include "libblock/detail/mapped_file.hpp"
#include "libblock/detail/temporary_file.hpp"
#include "libblock/error.hpp"
#include "libblock/hasher.hpp"
#include "libblock/limits.hpp"
#include "libblock/sha256.hpp"

namespace libblock {
namespace {

constexpr std::size_t batch_digests = 32;       // about as many loads as a core has under way
constexpr std::size_t piece_digests = 1 << 15;  // 1 MiB
constexpr std::size_t read_bytes = std::size_t{256} * 1024;
constexpr std::size_t decoded_bytes = std::size_t{64} * 1024;
// Linux keeps what is written so, at multiples of it, in large pages, which lookups profit from.
constexpr std::size_t write_bytes = std::size_t{2} << 20;
constexpr std::size_t piece_bytes = std::size_t{128} * 1024;  // if memory is scarce
constexpr std::size_t write_memory = 16 * write_bytes;
constexpr std::uint64_t progress_bytes = std::uint64_t{16} << 20;

[[noreturn]] void damaged(std::string problem) {
    throw Error(ErrorCode::InvalidDocument, "is damaged: " + std::move(problem));
}

[[noreturn]] void refuse_text(const std::filesystem::path& path, std::string problem) {
    throw Error(ErrorCode::FileAccess, std::move(problem), detail::to_utf8(path));
}

}  // namespace

// ---- lookups -----------------------------------------------------------------------------------

struct HashIndex::Mapping {
    detail::MappedFile file;
    std::string name;
    detail::IndexHeader header;
};

HashIndex HashIndex::open(const std::filesystem::path& path) {
    auto mapping =
        std::make_unique<Mapping>(Mapping{detail::MappedFile(path), detail::to_utf8(path), {}});
    const auto bytes = mapping->file.bytes();
    try {
        mapping->header = detail::decode_header(bytes);
        const std::uint64_t expected = detail::index_file_bytes(mapping->header.count);
        if (bytes.size() != expected) {
            damaged(fmt::format("it has {} bytes, but an index of {} digests has {}", bytes.size(),
                                mapping->header.count, expected));
        }
    } catch (const Error& error) {
        throw error.in_file(mapping->name);
    }
    return HashIndex(std::move(mapping));
}

HashIndex::HashIndex(std::unique_ptr<Mapping> mapping)
    : mapping_(std::move(mapping)),
      block_count_(mapping_->header.block_count),
      digests_sha256_(mapping_->header.digests_sha256) {
    static_assert(sizeof(Sha256) == Sha256::byte_count && alignof(Sha256) == 1);
    const auto bytes = mapping_->file.bytes();
    const auto count = static_cast<std::size_t>(mapping_->header.count);
    digests_ = {reinterpret_cast<const Sha256*>(bytes.data() + detail::index_page), count};
    blocks_ = bytes.subspan(static_cast<std::size_t>(detail::blocks_offset(count)));
}

HashIndex::HashIndex(HashIndex&&) noexcept = default;
HashIndex& HashIndex::operator=(HashIndex&&) noexcept = default;
HashIndex::~HashIndex() = default;

bool HashIndex::contains(const Sha256& digest) const noexcept {
    return find_in_block(digest);
}

/// Whatever the block says, nothing beyond the digests is read.
bool HashIndex::find_in_block(const Sha256& digest) const noexcept {
    const detail::IndexPlace place = detail::place_of(detail::key_of(digest), block_count_);
    const detail::BlockView block(blocks_.data() + place.block * detail::index_block_bytes);
    if (block.first() >= digests_.size()) return false;
    const auto rest = digests_.subspan(static_cast<std::size_t>(block.first()));
    if (!block.has_fingerprints()) {
        const bool is_all = block.count() < detail::BlockView::max_count;
        return detail::contains(is_all ? rest.first(std::min(block.count(), rest.size())) : rest,
                                digest);
    }
    for (std::uint32_t left = block.candidates(place.fingerprint); left != 0; left &= left - 1) {
        const auto at = static_cast<std::size_t>(std::countr_zero(left));
        if (at < rest.size() && rest[at] == digest) return true;
    }
    return false;
}

/// Digests that are looked up together.
struct HashIndex::Batch {
    /// A digest that may be in the index.
    struct Unsettled {
        std::uint64_t at;  ///< where it most likely is
        std::size_t index;
    };

    std::span<const Sha256> digests;
    std::span<bool> found;
    std::array<detail::IndexPlace, batch_digests> places;
    std::array<Unsettled, batch_digests> unsettled;
    std::size_t unsettled_count;
};

void HashIndex::contains(std::span<const Sha256> digests, std::span<bool> found) const {
    if (digests.size() != found.size()) {
        throw Error(ErrorCode::InvalidValue,
                    fmt::format("there are {} digests, and places for {} answers", digests.size(),
                                found.size()));
    }
    // Each step asks for the memory that the next one reads, and goes on with other batches until
    // it has come: waiting for one digest alone would take many times as long.
    constexpr std::size_t steps = 3;
    std::array<Batch, steps> batches{};
    const std::size_t batch_count = (digests.size() + batch_digests - 1) / batch_digests;
    for (std::size_t i = 0; i < batch_count + steps - 1; ++i) {
        if (i < batch_count) {
            const std::size_t begin = i * batch_digests;
            const std::size_t count = std::min(batch_digests, digests.size() - begin);
            Batch& batch = batches[i % steps];
            batch.digests = digests.subspan(begin, count);
            batch.found = found.subspan(begin, count);
            locate(batch);
        }
        if (i >= 1 && i - 1 < batch_count) ask_blocks(batches[(i - 1) % steps]);
        if (i >= 2) settle(batches[(i - 2) % steps]);
    }
}

void HashIndex::locate(Batch& batch) const noexcept {
    for (std::size_t i = 0; i < batch.digests.size(); ++i) {
        batch.places[i] = detail::place_of(detail::key_of(batch.digests[i]), block_count_);
        detail::prefetch(blocks_.data() + batch.places[i].block * detail::index_block_bytes);
    }
}

void HashIndex::ask_blocks(Batch& batch) const noexcept {
    batch.unsettled_count = 0;
    for (std::size_t i = 0; i < batch.digests.size(); ++i) {
        const detail::IndexPlace place = batch.places[i];
        const detail::BlockView block(blocks_.data() + place.block * detail::index_block_bytes);
        const std::uint32_t candidates = block.candidates(place.fingerprint);
        const std::uint64_t at =
            block.first() + static_cast<std::uint64_t>(std::countr_zero(candidates | 1U << 31));
        batch.found[i] = false;
        batch.unsettled[batch.unsettled_count] = {at, i};
        // No branch: hits and misses cannot be foreseen.
        batch.unsettled_count += candidates != 0 || !block.has_fingerprints();
    }
    for (std::size_t i = 0; i < batch.unsettled_count; ++i) {
        const std::uint64_t at = batch.unsettled[i].at;
        if (at < digests_.size()) detail::prefetch(digests_.data() + at);
    }
}

void HashIndex::settle(Batch& batch) const noexcept {
    for (std::size_t i = 0; i < batch.unsettled_count; ++i) {
        const auto [at, index] = batch.unsettled[i];
        const Sha256& digest = batch.digests[index];
        batch.found[index] =
            (at < digests_.size() && digests_[at] == digest) || find_in_block(digest);
    }
}

// ---- verification ------------------------------------------------------------------------------

void HashIndex::verify(const HashIndexProgress& progress) const {
    try {
        verify_digests(progress);
        verify_blocks();
    } catch (const Error& error) {
        throw error.in_file(mapping_->name);
    }
}

void HashIndex::verify_digests(const HashIndexProgress& progress) const {
    Hasher hasher;
    for (std::size_t begin = 0; begin < digests_.size(); begin += piece_digests) {
        const std::size_t count = std::min(piece_digests, digests_.size() - begin);
        hasher.update(std::as_bytes(digests_.subspan(begin, count)));
        for (std::size_t i = std::max<std::size_t>(begin, 1); i < begin + count; ++i) {
            if (!detail::key_less(digests_[i - 1], digests_[i])) {
                damaged(fmt::format("digest {} is not greater than the one before", i));
            }
        }
        if (progress) progress(begin + count, digests_.size());
    }
    if (hasher.finish() != digests_sha256_) {
        damaged("the digests are not those that were written");
    }
    const std::byte* const end =
        reinterpret_cast<const std::byte*>(digests_.data()) + digests_.size_bytes();
    if (std::any_of(end, blocks_.data(), [](std::byte each) { return each != std::byte{0}; })) {
        damaged("there is something between the digests and the blocks");
    }
}

void HashIndex::verify_blocks() const {
    Hasher hasher;
    hasher.update(blocks_);
    if (hasher.finish() != mapping_->header.blocks_sha256) {
        damaged("the blocks are not those that were written");
    }
    const std::byte* at = blocks_.data();
    detail::BlockWriter blocks(block_count_, [&at, this](const detail::IndexBlock& block) {
        if (std::memcmp(at, block.data(), block.size()) != 0) {
            damaged(fmt::format("block {} does not tell of its digests",
                                (at - blocks_.data()) / static_cast<std::ptrdiff_t>(block.size())));
        }
        at += block.size();
    });
    for (const Sha256& digest : digests_) blocks.add(detail::key_of(digest));
    blocks.finish();
}

// ---- texts -------------------------------------------------------------------------------------

namespace {

constexpr std::array<bool, 256> word_characters = [] {
    std::array<bool, 256> is_word{};
    for (int c = '0'; c <= '9'; ++c) is_word[static_cast<std::size_t>(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c) is_word[static_cast<std::size_t>(c)] = true;
    for (int c = 'A'; c <= 'Z'; ++c) is_word[static_cast<std::size_t>(c)] = true;
    is_word['_'] = true;
    return is_word;
}();

bool is_word(char character) noexcept {
    return word_characters[static_cast<unsigned char>(character)];
}

std::size_t word_end(std::string_view text, std::size_t from) noexcept {
    while (from < text.size() && is_word(text[from])) ++from;
    return from;
}

std::size_t word_begin(std::string_view text, std::size_t end, std::size_t least) noexcept {
    while (end > least && is_word(text[end - 1])) --end;
    return end;
}

/// Whether a text begins with so many bytes of ASCII that it is no UTF-16.
bool begins_with_ascii(std::string_view text) noexcept {
    constexpr std::size_t least = 32;
    return text.size() >= least && std::ranges::all_of(text.substr(0, least), [](char c) {
               return c != '\0' && static_cast<unsigned char>(c) < 0x80;
           });
}

/// Whether more of a text cannot change what its head tells, so that it is read at once: whoever
/// feeds a pipe may be waiting for the answer.
bool is_told(std::string_view head) noexcept {
    if (head.size() >= detail::head_bytes) return true;
    return begins_with_ascii(head) || head.starts_with("\xEF\xBB\xBF") ||
           detail::is_marked_utf16(head);
}

}  // namespace

HashTextReader::HashTextReader(Sink take) : take_(std::move(take)) {}
HashTextReader::HashTextReader(HashTextReader&&) noexcept = default;
HashTextReader& HashTextReader::operator=(HashTextReader&&) noexcept = default;
HashTextReader::~HashTextReader() = default;

void HashTextReader::read(std::string_view piece) {
    if (!begun_) {
        const std::size_t missing = detail::head_bytes - head_.size();
        head_ += piece.substr(0, missing);
        piece.remove_prefix(std::min(missing, piece.size()));
        if (!is_told(head_)) return;
        begin();
    }
    decode(piece);
}

/// Tells the encoding from the head, and reads that.
void HashTextReader::begin() {
    const std::string head = std::exchange(head_, {});
    if (head.starts_with(detail::index_mark)) {
        throw Error(ErrorCode::InvalidDocument, "is a hash index, not a text");
    }
    const auto [encoding, mark] =
        begins_with_ascii(head) ? detail::TextHead{} : detail::read_head(head);
    if (encoding != detail::Encoding::Utf8) {
        decoder_ = std::make_unique<detail::Utf16Decoder>(encoding);
    }
    begun_ = true;
    decode(std::string_view(head).substr(mark));
}

void HashTextReader::decode(std::string_view bytes) {
    if (!decoder_) {
        read_text(bytes);
        return;
    }
    std::string text;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(decoded_bytes, bytes.size()))) {
        text.clear();
        decoder_->decode(bytes.substr(0, decoded_bytes), text);
        read_text(text);
    }
}

void HashTextReader::read_text(std::string_view piece) {
    if (!word_.empty()) {
        const std::size_t end = word_end(piece, 0);
        word_ += piece.substr(0, end);
        // The end of a word that is too long already is too long too.
        constexpr std::size_t kept = Sha256::hex_count + 1;
        if (word_.size() > kept) word_.erase(0, word_.size() - kept);
        piece.remove_prefix(end);
        if (piece.empty()) return;
        line_begun_ = true;
        take_word(word_);
        word_.clear();
    }
    const std::size_t begin = word_begin(piece, piece.size(), 0);
    read_words(piece.substr(0, begin));
    const std::string_view last = piece.substr(begin);
    word_ = last.substr(last.size() - std::min(last.size(), Sha256::hex_count + 1));
}

HashTextCounts HashTextReader::finish() {
    if (!begun_) begin();
    begun_ = false;
    if (const auto decoder = std::move(decoder_)) {
        std::string rest;
        decoder->finish(rest);
        read_text(rest);
    }
    if (!word_.empty()) {
        line_begun_ = true;
        take_word(word_);
        word_.clear();
    }
    if (line_begun_) pass_over("\n");
    flush();
    return std::exchange(counts_, {});
}

/// `text` begins and ends between words. A word of 64 characters or more cannot hide between two
/// places that are 64 apart.
void HashTextReader::read_words(std::string_view text) {
    std::size_t passed = 0;
    std::size_t at = 0;
    while (at + Sha256::hex_count <= text.size()) {
        const std::size_t probe = at + Sha256::hex_count - 1;
        if (!is_word(text[probe])) {
            at = probe + 1;
            continue;
        }
        const std::size_t begin = word_begin(text, probe, at);
        const std::size_t end = word_end(text, probe);
        if (end - begin == Sha256::hex_count) {
            pass_over(text.substr(passed, begin - passed));
            take_word(text.substr(begin, Sha256::hex_count));
            passed = end;
        }
        at = end;
    }
    pass_over(text.substr(passed));
}

void HashTextReader::take_word(std::string_view word) {
    const auto digest = Sha256::parse(word);
    if (!digest) return;
    line_has_hash_ = true;
    line_begun_ = true;
    ++counts_.hashes;
    found_.push_back(*digest);
    if (found_.size() >= piece_digests) flush();
}

/// Counts the lines that end in a text without hashes.
void HashTextReader::pass_over(std::string_view text) {
    const auto ends = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    if (ends == 0) {
        line_begun_ = line_begun_ || !text.empty();
        return;
    }
    counts_.lines += ends;
    counts_.lines_without_hash += ends - std::uint64_t{line_has_hash_};
    line_has_hash_ = false;
    line_begun_ = text.back() != '\n';
}

void HashTextReader::flush() {
    if (found_.empty()) return;
    try {
        take_(found_);
    } catch (...) {
        found_.clear();
        throw;
    }
    found_.clear();
}

// ---- building ----------------------------------------------------------------------------------

struct HashIndexBuilder::State {
    State(std::filesystem::path path, std::size_t most_memory)
        : target(std::move(path)),
          memory(most_memory),
          digests(target, most_memory),
          text([this](std::span<const Sha256> found) { digests.add(found); }) {}

    std::filesystem::path target;
    std::size_t memory;
    detail::ExternalSort digests;
    HashTextReader text;
};

namespace {

/// The file that becomes an index: its digests first, then what is known only when all of them are
/// there.
class IndexWriter {
public:
    IndexWriter(const std::filesystem::path& target, std::size_t memory) : file_(target) {
        buffer_.reserve(memory < write_memory ? piece_bytes : write_bytes);
        put(detail::IndexPage{});
    }

    std::uint64_t count() const noexcept { return header_.count; }

    void add(std::span<const Sha256> digests) {
        hasher_.update(std::as_bytes(digests));
        put(std::as_bytes(digests));
        header_.count += digests.size();
    }

    void finish(const HashIndexProgress& progress) {
        header_.digests_sha256 = hasher_.finish();
        header_.block_count = detail::blocks_for(header_.count);
        const std::uint64_t end = detail::index_page + header_.count * Sha256::byte_count;
        const std::uint64_t padding = detail::blocks_offset(header_.count) - end;
        const detail::IndexPage zeros{};
        put(std::span(zeros).first(static_cast<std::size_t>(padding)));
        flush();
        write_blocks(progress);
        flush();
        header_.blocks_sha256 = hasher_.finish();
        file_.write_at(0, detail::encode_header(header_));
        file_.commit();
    }

private:
    void put(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            // Up to the next multiple of the buffer's size in the file.
            const std::size_t end =
                buffer_.capacity() - static_cast<std::size_t>(file_.size() % buffer_.capacity());
            const std::size_t count = std::min(bytes.size(), end - buffer_.size());
            buffer_.insert(buffer_.end(), bytes.begin(),
                           bytes.begin() + static_cast<std::ptrdiff_t>(count));
            bytes = bytes.subspan(count);
            if (buffer_.size() == end) flush();
        }
    }

    void flush() {
        file_.append(buffer_);
        buffer_.clear();
    }

    void write_blocks(const HashIndexProgress& progress) {
        std::vector<std::byte> blocks;
        const auto flush_blocks = [&] {
            hasher_.update(blocks);
            put(blocks);
            blocks.clear();
        };
        detail::BlockWriter writer(header_.block_count, [&](const detail::IndexBlock& block) {
            blocks.insert(blocks.end(), block.begin(), block.end());
            if (blocks.size() >= piece_bytes) flush_blocks();
        });
        std::vector<Sha256> piece;
        for (std::uint64_t at = 0; at < header_.count; at += piece.size()) {
            piece.resize(static_cast<std::size_t>(
                std::min<std::uint64_t>(piece_bytes / sizeof(Sha256), header_.count - at)));
            file_.read_at(detail::index_page + at * Sha256::byte_count,
                          std::as_writable_bytes(std::span(piece)));
            for (const Sha256& digest : piece) writer.add(detail::key_of(digest));
            if (progress) progress(header_.count, header_.count);
        }
        writer.finish();
        flush_blocks();
    }

    std::vector<std::byte> buffer_;
    detail::TemporaryFile file_;
    detail::IndexHeader header_;
    Hasher hasher_;
};

void read_stream(std::istream& file, HashTextReader& text, const HashProgress& progress) {
    std::vector<char> buffer(read_bytes);
    std::uint64_t done = 0;
    std::uint64_t next_report = progress_bytes;
    while (file) {
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        const auto count = static_cast<std::size_t>(file.gcount());
        text.read({buffer.data(), count});
        done += count;
        if (progress && done >= next_report) {
            progress(done);
            next_report += progress_bytes;
        }
    }
}

}  // namespace

HashIndexBuilder::HashIndexBuilder(const std::filesystem::path& path, std::size_t memory) {
    if (memory < min_memory) {
        throw Error(
            ErrorCode::InvalidValue,
            fmt::format("{} bytes of memory are too few, {} are the least", memory, min_memory));
    }
    state_ = std::make_unique<State>(detail::follow_links(path), memory);
}

HashIndexBuilder::HashIndexBuilder(HashIndexBuilder&&) noexcept = default;
HashIndexBuilder& HashIndexBuilder::operator=(HashIndexBuilder&&) noexcept = default;
HashIndexBuilder::~HashIndexBuilder() = default;

HashIndexBuilder::State& HashIndexBuilder::state() const {
    if (!state_) throw Error(ErrorCode::InvalidValue, "the index is finished already");
    return *state_;
}

void HashIndexBuilder::add(std::span<const Sha256> digests) {
    state().digests.add(digests);
}

void HashIndexBuilder::add_text(std::string_view piece) {
    state().text.read(piece);
}

HashTextCounts HashIndexBuilder::end_text() {
    return state().text.finish();
}

HashTextCounts HashIndexBuilder::add_file(const std::filesystem::path& path,
                                          const HashProgress& progress) {
    State& all = state();
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {  // a pipe could block for ever
        const bool is_folder = std::filesystem::is_directory(path, error);
        refuse_text(path, error       ? error.message()
                          : is_folder ? "is a folder, not a file"
                                      : "is not a regular file");
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) refuse_text(path, std::generic_category().message(errno));
    end_text();
    // One of its own: nothing of a file that is given up runs into the next text.
    HashTextReader text([&all](std::span<const Sha256> found) { all.digests.add(found); });
    try {
        read_stream(file, text, progress);
        if (file.bad()) refuse_text(path, "cannot be read to its end");
        return text.finish();
    } catch (const Error& problem) {  // of the text, unless it names another file
        throw problem.file().empty() ? problem.in_file(detail::to_utf8(path)) : problem;
    }
}

std::uint64_t HashIndexBuilder::finish(const HashIndexProgress& progress) {
    end_text();
    const std::unique_ptr<State> state = std::move(state_);
    const std::uint64_t most = state->digests.upper_bound();
    IndexWriter writer(state->target, state->memory);
    state->digests.finish([&](std::span<const Sha256> digests) {
        for (; !digests.empty();
             digests = digests.subspan(std::min(piece_digests, digests.size()))) {
            writer.add(digests.first(std::min(piece_digests, digests.size())));
            if (progress) progress(writer.count(), most);
        }
        if (writer.count() > limits::hash_index_digests) {
            throw Error(ErrorCode::LimitExceeded, "an index cannot hold so many digests",
                        detail::to_utf8(state->target));
        }
    });
    writer.finish(progress);
    return writer.count();
}

}  // namespace libblock
