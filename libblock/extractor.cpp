#include "libblock/extractor.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "libblock/detail/collector.hpp"
#include "libblock/detail/encoding.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/error.hpp"

namespace libblock {
namespace {

using detail::Collector;
using detail::Encoding;

constexpr std::size_t window_bytes = 1024 * 1024;
constexpr std::size_t spare_bytes = 128;  ///< more than a decoder adds of what it has kept back

/// The last place at or before `offset` that stands within no line break and no character.
std::size_t between_characters(std::string_view text, std::size_t offset) noexcept {
    const std::size_t floor = offset - std::min<std::size_t>(offset, 4);
    const auto within = [&](std::size_t at) {
        return detail::continues_character(text[at]) || (at > 0 && text[at - 1] == '\r');
    };
    while (offset > floor && offset < text.size() && within(offset)) --offset;
    return offset;
}

}  // namespace

/// Slides a window over the text that is fed.
class Extractor::Reader {
public:
    explicit Reader(ExtractOptions options) : options_(std::move(options)) {}

    void feed(std::string_view piece) {
        if (!collector_) {
            const std::size_t missing = detail::head_bytes - head_.size();
            head_ += piece.substr(0, missing);
            piece.remove_prefix(std::min(missing, piece.size()));
            if (head_.size() < detail::head_bytes) return;
            begin();
        }
        read_piece(piece);
    }

    Extraction finish() {
        if (!collector_) begin();
        if (decoder_) decoder_->finish(window_);
        read_window(true);
        return std::move(*collector_).finish();
    }

private:
    /// Tells the encoding from the head, and reads that.
    void begin() {
        const auto [encoding, mark] = detail::read_head(head_);
        const bool decoded = encoding != Encoding::Utf8;
        if (decoded) decoder_.emplace(encoding);
        collector_.emplace(std::move(options_), decoded, mark);
        window_.reserve(window_bytes + spare_bytes);
        add(std::string_view(head_).substr(mark));
        collector_->begin(window_);
    }

    void add(std::string_view bytes) {
        if (!decoder_) {
            window_ += bytes;
        } else if (const auto begin = decoder_->decode(bytes, window_)) {
            collector_->end_decoded(base_ + *begin);
        }
    }

    void read_piece(std::string_view piece) {
        while (!piece.empty()) {
            // UTF-16 may grow by half as it is decoded.
            const std::size_t room = (window_bytes - window_.size()) / (decoder_ ? 2 : 1);
            add(piece.substr(0, room));
            piece.remove_prefix(std::min(room, piece.size()));
            if (window_.size() + 8 > window_bytes) read_window(false);
        }
    }

    void read_window(bool last) {
        const detail::Window window{window_, base_, last};
        const std::size_t until = last ? window_.size() : window_.size() - Collector::reach_ahead;
        at_ = std::min(collector_->read(window, at_, until), until);
        if (last) return;
        const std::size_t done =
            between_characters(window_, at_ - std::min(at_, Collector::reach_back));
        collector_->pass(window, done);
        window_.erase(0, done);
        base_ += done;
        at_ -= done;
    }

    ExtractOptions options_;
    std::string head_;
    std::optional<detail::Utf16Decoder> decoder_;
    std::optional<Collector> collector_;
    std::string window_;
    std::uint64_t base_ = 0;  ///< of the window
    std::size_t at_ = 0;      ///< up to where the window has been read
};

Extractor::Extractor(ExtractOptions options)
    : reader_(std::make_unique<Reader>(std::move(options))) {}
Extractor::Extractor(Extractor&&) noexcept = default;
Extractor& Extractor::operator=(Extractor&&) noexcept = default;
Extractor::~Extractor() = default;

void Extractor::feed(std::string_view piece) {
    if (!reader_) throw Error(ErrorCode::InvalidValue, "the extractor has finished");
    reader_->feed(piece);
}

Extraction Extractor::finish() {
    if (!reader_) throw Error(ErrorCode::InvalidValue, "the extractor has finished");
    Extraction extraction = reader_->finish();
    reader_.reset();
    return extraction;
}

}  // namespace libblock
