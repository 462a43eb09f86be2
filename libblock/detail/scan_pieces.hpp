#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/scan_text.hpp"

/// Digests whose digits stand in pieces: laced with invisible characters, or broken over lines.
namespace libblock::detail {

/// What joins the digits of two pieces.
enum class Joint : std::uint8_t {
    None,
    Invisible,  ///< invisible characters: the digits stand side by side on the screen
    Soft,       ///< a soft break of quoted-printable or HTML: they do so once it is decoded
    Wrap,       ///< a line break, with blanks around it
};

/// Some digits, and what joins them to the piece behind.
struct Piece {
    Slice digits;
    Joint joint = Joint::None;
};

/// Pieces that stand in a row; a single one for most runs.
using Chain = std::vector<Piece>;

/// No chain has more pieces, so that none needs more than a bounded part of the text.
inline constexpr std::size_t longest_chain = 32;

/// Reads the chain that `run` belongs to, back to `floor` and forward. Tells whether a line break
/// joins it to digits before `floor`.
bool read_chain(std::string_view text, Slice run, std::size_t floor, Chain& chain);

/// The first pieces of a chain that are one digest.
struct JoinedDigest {
    std::size_t pieces = 0;     ///< 0: the first piece stands alone
    std::size_t glued = 0;      ///< how many of the first digits belong to what stands before them
    std::size_t digits = 0;     ///< of the digest
    Joint joint = Joint::None;  ///< the least certain of its joints
};

/// Judges the pieces at the head of `chain`. They are one digest if their digits come out even,
/// words end on both sides, and, by the joint: with invisible characters, unless each piece is a
/// whole digest itself; with soft breaks, always; with line breaks, if `wraps` says that such
/// joints are certain. Line breaks and soft breaks join SHA-256s alone.
JoinedDigest first_digest(std::string_view text, std::span<const Piece> chain, bool wraps) noexcept;

/// Whether line breaks certainly join the pieces of `chain` to SHA-256s: no piece has the length of
/// a digest, the pieces of none are a column of values of one length, and no piece is left over,
/// which would make all the others a guess.
bool comes_out_even(std::string_view text, std::span<const Piece> chain) noexcept;

/// Whether `digits` is the length of a digest of some kind.
bool is_digest_length(std::size_t digits) noexcept;

}  // namespace libblock::detail
