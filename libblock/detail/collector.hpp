#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "libblock/detail/context_reader.hpp"
#include "libblock/detail/finder.hpp"
#include "libblock/detail/scan_place.hpp"
#include "libblock/detail/window.hpp"
#include "libblock/extraction.hpp"

namespace libblock::detail {

/// Makes an extraction out of the windows of a text: adds places, contexts and what follows from
/// them to what the finder finds.
class Collector {
public:
    /// How much of the text before and behind a place the judgement of it may need.
    static constexpr std::size_t reach_back = 96 * 1024;
    static constexpr std::size_t reach_ahead = Finder::reach;

    /// `decoded` and `offset` are those of `PlaceCounter`.
    Collector(ExtractOptions options, bool decoded, std::uint64_t offset);

    /// From the absolute offset `until` on, the text is as it was given.
    void end_decoded(std::uint64_t until) noexcept { places_.end_decoded(until); }

    /// Takes the first bytes of the text, `head_bytes` or all.
    void begin(std::string_view head) { contexts_.begin(head); }

    /// Reads what begins in [from, until), and gives the place from where to go on. Unless the text
    /// ends before, `reach_ahead` bytes stand behind `until`, and `reach_back` before `from`.
    std::size_t read(const Window& window, std::size_t from, std::size_t until);

    /// Forgets what stands before `offset` of the window.
    void pass(const Window& window, std::size_t offset) noexcept;

    /// Parts what was found into first appearances and repeats.
    Extraction finish() &&;

private:
    /// What was found and waits for the end of its record.
    struct Pending {
        Sighting sighting;
        TextPlace place;
    };

    void make_room(std::size_t read, std::size_t all);
    void take(const Window& window, const Sighting& sighting);
    void end_record(const Window& window);
    void settle(const Window& window, const Pending& pending, const HashContext& context);

    ExtractOptions options_;
    Finder finder_;
    PlaceCounter places_;
    ContextReader contexts_;
    std::vector<Sighting> sightings_;
    std::vector<Pending> pending_;
    std::vector<Slice> anchors_;  ///< the hashes of the record; offsets in the window
    std::vector<HashContext> anchor_contexts_;
    std::uint64_t anchors_base_ = 0;  ///< of the window that `anchors_` are offsets in
    Extraction extraction_;
};

}  // namespace libblock::detail
