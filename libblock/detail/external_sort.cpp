#include "libblock/detail/external_sort.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "libblock/detail/digest_key.hpp"
#include "libblock/detail/hash_sort.hpp"
#include "libblock/detail/large_memory.hpp"
#include "libblock/detail/temporary_file.hpp"
#include "libblock/sha256.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t max_runs = 64;  ///< merged at once
constexpr std::size_t max_piece_bytes = std::size_t{1} << 20;

/// The memory that is left to what is not counted: pieces on their way, tables of the sort, and the
/// program itself, be it a Python interpreter.
constexpr std::size_t overhead(std::size_t memory) {
    return std::min(memory / 2, std::size_t{40} << 20);
}

std::size_t piece_digests(std::size_t memory) {
    return std::min(memory / 8, max_piece_bytes) / sizeof(Sha256);
}

}  // namespace

/// The digests of a run, of which a part is in memory.
class ExternalSort::RunReader {
public:
    RunReader(TemporaryFile& file, Run run, std::span<Sha256> memory)
        : file_(&file), rest_(run), memory_(memory) {
        refill();
    }

    std::uint64_t key() const noexcept { return key_; }
    const Sha256& head() const noexcept { return memory_[at_]; }

    /// Whether there is another one.
    bool advance() {
        if (++at_ == count_) refill();
        if (at_ == count_) return false;
        key_ = key_of(memory_[at_]);
        return true;
    }

    bool comes_after(const RunReader& other) const noexcept {
        return key_ != other.key_ ? key_ > other.key_ : head() > other.head();
    }

private:
    void refill() {
        count_ = static_cast<std::size_t>(std::min<std::uint64_t>(rest_.count, memory_.size()));
        at_ = 0;
        if (count_ == 0) return;
        file_->read_at(rest_.offset, std::as_writable_bytes(memory_.first(count_)));
        rest_.offset += count_ * sizeof(Sha256);
        rest_.count -= count_;
        key_ = key_of(memory_[0]);
    }

    TemporaryFile* file_;
    Run rest_;
    std::span<Sha256> memory_;
    std::size_t at_ = 0;
    std::size_t count_ = 0;
    std::uint64_t key_ = 0;
};

ExternalSort::ExternalSort(std::filesystem::path target, std::size_t memory)
    : target_(std::move(target)),
      memory_(memory - overhead(memory)),
      capacity_(memory_ / (2 * sizeof(Sha256))) {}

void ExternalSort::add(std::span<const Sha256> digests) {
    while (!digests.empty()) {
        if (buffered_ == capacity_) spill();  // which failed the last time
        if (!buffer_) buffer_.emplace(capacity_);
        const std::size_t count = std::min(digests.size(), capacity_ - buffered_);
        std::copy_n(digests.begin(), count,
                    buffer_->digests().begin() + static_cast<std::ptrdiff_t>(buffered_));
        buffered_ += count;
        digests = digests.subspan(count);
        if (buffered_ == capacity_) spill();
    }
}

std::uint64_t ExternalSort::upper_bound() const noexcept {
    std::uint64_t count = buffered_;
    for (const Run& run : runs_) count += run.count;
    return count;
}

void ExternalSort::finish(const SortedSink& take) {
    if (runs_.empty()) {
        if (buffered_ > 0) take(buffer_->digests().first(sort_buffer()));
        return;
    }
    if (buffered_ > 0) spill();
    while (runs_.size() > max_runs) merge_last(max_runs);
    buffer_.reset();
    scratch_.reset();
    merge(runs_, take);
}

std::size_t ExternalSort::sort_buffer() {
    if (!scratch_) scratch_.emplace(capacity_);
    buffered_ =
        sort_unique(buffer_->digests().first(buffered_), scratch_->digests().first(buffered_));
    return buffered_;
}

void ExternalSort::spill() {
    if (!file_) {
        file_ = std::make_unique<TemporaryFile>(target_);
        file_->hide();
    }
    // What cannot be written stays where it is.
    const std::size_t count = sort_buffer();
    const Run run{file_->size(), count, 0};
    file_->append(std::as_bytes(buffer_->digests().first(count)));
    runs_.push_back(run);
    buffered_ = 0;
    const auto is_full = [this] {
        return runs_.size() >= max_runs &&
               runs_[runs_.size() - max_runs].level == runs_.back().level;
    };
    while (is_full()) merge_last(max_runs);
}

void ExternalSort::merge_last(std::size_t count) {
    buffer_.reset();  // the merge takes their memory
    scratch_.reset();
    const auto merged = std::span<const Run>(runs_).last(count);
    Run result{file_->size(), 0, merged.front().level + 1};
    merge(merged, [&](std::span<const Sha256> piece) {
        file_->append(std::as_bytes(piece));
        result.count += piece.size();
    });
    runs_.resize(runs_.size() - count);
    runs_.push_back(result);
}

void ExternalSort::merge(std::span<const Run> runs, const SortedSink& take) {
    const DigestMemory memory(capacity_);
    const std::size_t share = capacity_ / runs.size();
    std::vector<RunReader> readers;
    readers.reserve(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        readers.emplace_back(*file_, runs[i], memory.digests().subspan(i * share, share));
    }
    std::vector<RunReader*> heap;  // the least digest first
    heap.reserve(readers.size());
    for (RunReader& reader : readers) heap.push_back(&reader);
    const auto comes_after = [](const RunReader* a, const RunReader* b) {
        return a->comes_after(*b);
    };
    std::make_heap(heap.begin(), heap.end(), comes_after);

    const std::size_t most = piece_digests(memory_);
    std::vector<Sha256> piece;
    piece.reserve(most);
    std::optional<Sha256> last;
    while (!heap.empty()) {
        const Sha256 next = heap.front()->head();
        if (next != last) {
            piece.push_back(next);
            last = next;
        }
        if (piece.size() == most) {
            take(piece);
            piece.clear();
        }
        std::pop_heap(heap.begin(), heap.end(), comes_after);
        if (heap.back()->advance()) {
            std::push_heap(heap.begin(), heap.end(), comes_after);
        } else {
            heap.pop_back();
        }
    }
    if (!piece.empty()) take(piece);
}

}  // namespace libblock::detail
