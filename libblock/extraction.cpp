#include "libblock/extraction.hpp"

#include <algorithm>

#include "libblock/detail/collector.hpp"
#include "libblock/detail/encoding.hpp"
#include "libblock/detail/large_pages.hpp"
#include "libblock/extractor.hpp"

namespace libblock {
namespace {

/// Makes room for `count` rows in all, on large pages where there are some.
template <typename Rows>
void make_room(Rows& rows, std::size_t count) {
    if (count <= rows.capacity()) return;
    Rows roomy;
    roomy.reserve(count);
    detail::prefer_large_pages(roomy.data(), count * sizeof(*roomy.data()));
    roomy.insert(roomy.end(), rows.begin(), rows.end());
    rows = std::move(roomy);
}

/// Room for one more row where there is none left.
std::size_t next_capacity(std::size_t capacity) noexcept {
    constexpr std::size_t least = 16;
    return std::max(least, 2 * capacity);
}

/// Gives back the room that was not needed if it is much.
template <typename Rows>
void give_back_room(Rows& rows) {
    if (rows.capacity() > rows.size() + rows.size() / 4) rows.shrink_to_fit();
}

/// Removes the rows at the ascending `indices`.
template <typename Row>
void remove_rows(std::vector<Row>& rows, std::span<const std::size_t> indices) {
    auto gone = indices.begin();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (gone != indices.end() && *gone == i) {
            ++gone;
        } else {
            rows[kept++] = rows[i];
        }
    }
    rows.resize(kept);
}

/// Adds to a context what another one of the same file says alone; whether there is anything.
bool add_missing(HashContext& context, const HashContext& more) {
    const bool named = !context.file_name.empty() && !more.file_name.empty();
    if (named && context.file_name != more.file_name) return false;
    if (context.platform && more.platform && context.platform != more.platform) return false;
    const HashContext before = context;
    if (context.file_name.empty()) context.file_name = more.file_name;
    if (!context.platform) context.platform = more.platform;
    if (context.label.empty() && context.labelled_as == DigestLabel::None) {
        context.label = more.label;
        context.labelled_as = more.labelled_as;
    }
    return context != before;
}

}  // namespace

Candidates::Candidates(std::initializer_list<Candidate> candidates)
    : Candidates(std::span(candidates.begin(), candidates.size())) {}

Candidates::Candidates(std::span<const Candidate> candidates) {
    for (const Candidate& candidate : candidates) push_back(candidate);
}

Candidate Candidates::operator[](std::size_t index) const {
    const std::uint32_t context = context_of_.empty() ? 0 : context_of_[index];
    return {digests_[index], kinds_[index], places_[index],
            context == 0 ? HashContext() : contexts_[context - 1]};
}

void Candidates::push_back(const Candidate& candidate) {
    push_back(candidate.sha256, candidate.kind, candidate.place, candidate.context);
}

void Candidates::push_back(const Sha256& sha256, HashKind kind, const TextPlace& place,
                           const HashContext& context) {
    if (size() == capacity()) reserve(next_capacity(capacity()));
    const std::uint32_t number = add_context(context);
    if (number > 0 && context_of_.empty()) {
        make_room(context_of_, capacity());
        context_of_.resize(size());
    }
    if (number > 0 || !context_of_.empty()) context_of_.push_back(number);
    digests_.push_back(sha256);
    kinds_.push_back(kind);
    places_.push_back(place);
}

void Candidates::reserve(std::size_t count) {
    make_room(digests_, count);
    make_room(kinds_, count);
    make_room(places_, count);
    if (!context_of_.empty()) make_room(context_of_, count);
}

void Candidates::shrink_to_fit() {
    give_back_room(digests_);
    give_back_room(kinds_);
    give_back_room(places_);
    give_back_room(context_of_);
    give_back_room(contexts_);
}

/// The number of a context, 0 for the empty one. Neighbours often have the same.
std::uint32_t Candidates::add_context(const HashContext& context) {
    if (context == HashContext()) return 0;
    if (contexts_.empty() || contexts_.back() != context) contexts_.push_back(context);
    return static_cast<std::uint32_t>(contexts_.size());
}

void Candidates::complete(std::size_t index, std::size_t repeat) {
    if (context_of_.empty() || context_of_[repeat] == 0) return;
    std::uint32_t& number = context_of_[index];
    if (number == 0) {
        number = context_of_[repeat];
    } else if (number != context_of_[repeat]) {
        HashContext context = contexts_[number - 1];
        if (add_missing(context, contexts_[context_of_[repeat] - 1])) number = add_context(context);
    }
}

void Candidates::remove(std::span<const std::size_t> indices) {
    remove_rows(digests_, indices);
    remove_rows(kinds_, indices);
    remove_rows(places_, indices);
    if (!context_of_.empty()) remove_rows(context_of_, indices);
}

bool Candidates::operator==(const Candidates& other) const {
    return std::equal(begin(), end(), other.begin(), other.end());
}

Rejections::Rejections(std::initializer_list<Rejection> rejections)
    : Rejections(std::span(rejections.begin(), rejections.size())) {}

Rejections::Rejections(std::span<const Rejection> rejections) {
    for (const Rejection& rejection : rejections) push_back(rejection);
}

Rejection Rejections::operator[](std::size_t index) const {
    const Row& row = rows_[index];
    return {texts_.substr(row.text, row.bytes), row.reason, row.place};
}

void Rejections::push_back(const Rejection& rejection) {
    push_back(rejection.text, rejection.reason, rejection.place);
}

void Rejections::push_back(std::string_view text, RejectionReason reason, const TextPlace& place) {
    if (size() == capacity()) reserve(next_capacity(capacity()), texts_.size());
    if (texts_.capacity() - texts_.size() < text.size()) {
        make_room(texts_, next_capacity(texts_.size() + text.size()));
    }
    rows_.push_back({place, texts_.size(), static_cast<std::uint32_t>(text.size()), reason});
    texts_ += text;
}

void Rejections::reserve(std::size_t count, std::size_t text_bytes) {
    make_room(rows_, count);
    make_room(texts_, text_bytes);
}

void Rejections::shrink_to_fit() {
    give_back_room(rows_);
    give_back_room(texts_);
}

bool Rejections::operator==(const Rejections& other) const {
    return std::equal(begin(), end(), other.begin(), other.end());
}

HashSet Extraction::hashes(HashKind kind) const {
    std::vector<Sha256> digests;
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        if (accepted.kinds()[i] == kind) digests.push_back(accepted.digests()[i]);
    }
    return HashSet(std::move(digests));
}

Extraction extract(std::string_view text, const ExtractOptions& options) {
    const auto [encoding, mark] = detail::read_head(text);
    if (encoding != detail::Encoding::Utf8) {
        Extractor extractor(options);
        extractor.feed(text);
        return extractor.finish();
    }
    const std::string_view head = text.substr(0, detail::head_bytes);
    text.remove_prefix(mark);
    detail::Collector collector(options, false, mark);
    collector.begin(head.substr(mark));
    collector.read({text}, 0, text.size());
    return std::move(collector).finish();
}

void scan(std::string_view text, bool rejoin,
          const std::function<void(std::span<const Sighting>)>& sink) {
    detail::Finder finder(*detail::scan_kernels().front(), rejoin);
    std::vector<Sighting> sightings;
    for (std::size_t at = 0; at < text.size();) {
        sightings.clear();
        at = finder.read({text}, at, text.size(), sightings);
        if (!sightings.empty()) sink(sightings);
    }
}

}  // namespace libblock
