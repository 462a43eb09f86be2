#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "libblock/detail/scan_kernel.hpp"
#include "libblock/detail/scan_pieces.hpp"
#include "libblock/detail/scan_shapes.hpp"
#include "libblock/detail/scan_spots.hpp"
#include "libblock/detail/window.hpp"
#include "libblock/extraction.hpp"

/// Finds what looks like a digest, and judges it by itself and its neighbours.
namespace libblock::detail {

/// What a rejected run is shown as: with the word that it is glued to, or with what cuts it off and
/// is left on the far side.
Slice shown(std::string_view text, Slice run, RejectionReason reason) noexcept;

/// Reads a text from front to back. Each judgement needs no more of it than `reach` bytes before
/// and behind, so that windows on the text that overlap so far give the same as the whole, but for
/// the size of longer runs.
class Finder {
public:
    static constexpr std::size_t reach = 16 * 1024;

    Finder(const ScanKernel& kernel, bool rejoin) noexcept
        : kernel_(kernel), spots_(kernel), rejoin_(rejoin) {}

    /// Appends what begins in [from, until) of the window to `sightings`, with absolute offsets,
    /// until there are some hundreds more, and gives the place from where to go on.
    std::size_t read(const Window& window, std::size_t from, std::size_t until,
                     std::vector<Sighting>& sightings);

private:
    std::size_t on_from(std::size_t next) const noexcept;
    std::size_t take_all();
    bool take_spot(const Spot& spot);
    void take_run(Slice run);
    void take_uncertain(Slice run);
    void take_plain(Slice run);
    void take_beside_others(Slice run);
    void take_long_run(Slice run);
    Slice next_island(std::size_t end);
    void take_island(Slice island);
    void take_long_island(Slice island);
    void take_chain(Slice run);
    void take_laced(Slice digits);
    void take_pieces(std::span<const Piece> pieces);
    void take_lines(std::span<const Piece> pieces);
    void take_wrapped(std::span<const Piece> pieces);
    void take_line(std::span<const Piece> line);
    bool take_cut_line(std::span<const Piece> line);
    void add_pieces(std::span<const Piece> pieces, std::size_t glued);
    void take_alone(Slice run);
    void take_stretch(std::size_t until);
    std::size_t take_in_stretch(std::size_t at);
    void take_mark(std::size_t at);
    bool take_beside_mark(Slice digits);
    bool take_soft_mark(std::size_t at);
    void take_shape(const std::optional<Shape>& shape);
    bool take_behind_code(Slice run);
    bool take_cut_digits(Slice run);

    bool take_whole(Slice run);
    void take_column(Slice first, Slice second);
    void add_sha256(Slice where, const char* digits);
    void reject(Slice where, RejectionReason reason);
    void tell_until(std::size_t end) noexcept { floor_ = end; }

    const ScanKernel& kernel_;
    SpotReader spots_;
    bool rejoin_;
    std::string_view text_;
    std::uint64_t base_ = 0;
    bool last_ = true;
    std::uint64_t told_until_ = 0;     ///< absolute: `floor_` of the last window
    std::uint64_t wrapped_until_ = 0;  ///< absolute: end of the last hash that lines split
    bool in_long_run_ = false;         ///< whether a run that was told of goes on there
    bool in_long_island_ = false;      ///< the same of one whose digits NULs part
    std::uint64_t islands_read_ = 0;   ///< absolute: up to where those were looked for
    std::uint64_t island_ = 0;         ///< absolute: begin of the next one, if there is one
    std::size_t island_bytes_ = 0;     ///< 0: none was found
    std::size_t floor_ = 0;            ///< what begins before has been told of
    Slice whole_;                      ///< the last hash between plain neighbours, in the window
    Slice column_;                     ///< that before it, if both are of a column that goes on
    Slice stretch_;                    ///< what is left of the stretch around the spots
    std::size_t until_ = 0;            ///< where what is read ends
    std::size_t left_off_ = 0;         ///< where the next window is to go on
    std::size_t goes_on_ = 0;          ///< where the same window goes on
    Chain chain_;
    std::vector<Sighting>* sightings_ = nullptr;
    std::size_t enough_ = 0;  ///< sightings, after which reading ends
};

}  // namespace libblock::detail
