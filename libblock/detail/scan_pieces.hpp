#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
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

/// Pieces that stand in a row; a single one for most runs. It is bounded in pieces and in bytes, so
/// that no judgement needs more than a part of the text.
struct Chain {
    std::vector<Piece> pieces;
    bool continues = false;  ///< whether a line break joins it to digits before it
    bool goes_on = false;    ///< whether more pieces follow than a chain has
};

/// The most digits of a piece that a line break joins to others.
constexpr std::size_t longest_wrapped = 56;

/// Whether a soft break of quoted-printable ends before `at`.
inline bool follows_soft_line(std::string_view text, std::size_t at) noexcept {
    const std::string_view head = text.substr(0, at);
    return head.ends_with("=\n") || head.ends_with("=\r\n");
}

/// Whether an invisible character or a soft break stands directly beside `run`.
bool is_softly_joined(std::string_view text, Slice run) noexcept;

/// Whether a line break may join `run` to digits before or behind it.
bool may_be_wrapped(std::string_view text, Slice run) noexcept;

/// Reads the chain that `run` belongs to, back to `floor` and forward.
void read_chain(std::string_view text, Slice run, std::size_t floor, Chain& chain);

/// How many of the first pieces line breaks certainly join to SHA-256s; 0 if they do not. They do
/// if no piece has the length of a digest, the pieces of none are a column of values of one length,
/// and no piece is left over, which would make all the others a guess. Of a chain that goes on, the
/// whole digests count.
std::size_t wrapped_pieces(std::string_view text, const Chain& chain) noexcept;

/// Whether digits stand before pieces that lines join, behind `floor`, that may be what some of
/// them continue: with another column beside each half, the second half of one hash stands above
/// the first one of the next. On the same line, or on the one before if the pieces begin theirs.
bool follow_left_over(std::string_view text, std::span<const Piece> pieces,
                      std::size_t floor) noexcept;

/// How many of the first pieces are the next SHA-256 of a chain that `wrapped_pieces` counted.
std::size_t pieces_of_sha256(std::span<const Piece> pieces) noexcept;

/// How many of the first pieces stand on one line: those behind a line break do not belong to what
/// stands before them, nor does a whole SHA-256 to what invisible characters part it from, or a `=`
/// at the end of a line, which may be nothing but that. Those of HTML join two halves of a SHA-512,
/// and so do those of quoted-printable whose line is full.
std::size_t pieces_of_line(std::string_view text, std::span<const Piece> pieces) noexcept;

/// What pieces on one line are together.
struct JoinedDigest {
    std::size_t digits = 0;     ///< 0 if each piece stands alone
    std::size_t glued = 0;      ///< how many of the first digits belong to what stands before them
    Joint joint = Joint::None;  ///< the least certain of its joints
};

/// Judges two pieces or more on one line. Soft breaks join what comes to the length of a digest,
/// invisible characters all of 32 digits or more, unless each piece is a whole digest itself.
JoinedDigest join_line(std::string_view text, std::span<const Piece> line) noexcept;

/// The weakest of the joints between pieces.
Joint weakest_joint(std::span<const Piece> pieces) noexcept;

/// Whether `digits` is the length of a digest of some kind.
bool is_digest_length(std::size_t digits) noexcept;

}  // namespace libblock::detail
