#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "libblock/detail/hex.hpp"
#include "libblock/sha256.hpp"

namespace libblock::detail {

/// One entry of a hash list. The name is a view of the text it was read from or of its reader, and
/// valid until the next.
struct ListLine {
    Sha256 sha256;
    std::string_view name;     ///< empty if the line holds only the digest
    std::uint32_t number = 0;  ///< of the line, from 1
};

/// Does what `parse_hash_list` does, entry by entry, for a text that may come in pieces.
class ListReader {
public:
    /// Calls `visit` with each entry of a piece. All pieces but the last end with a line.
    template <typename Visit>
    void read(std::string_view text, Visit visit) {
        if (line_ == 0) skip_mark(text);
        Sha256::Bytes bytes;
        while (!text.empty()) {
            ++line_;
            if (begins_with_bare_line(text, bytes)) {
                text.remove_prefix(Sha256::hex_count + 1);
                visit(ListLine{Sha256(bytes), {}, line_});
            } else if (const std::string_view line = take_line(text); !is_passed_over(line)) {
                visit(read_line(line));
            }
        }
    }

private:
    static void skip_mark(std::string_view& text);
    static std::string_view take_line(std::string_view& text);
    static bool is_passed_over(std::string_view line);
    static bool begins_with_bare_line(std::string_view text, Sha256::Bytes& bytes) noexcept {
        return text.size() > Sha256::hex_count && text[Sha256::hex_count] == '\n' &&
               decode_hex64(text.data(), bytes.data());
    }

    ListLine read_line(std::string_view line);
    std::string_view read_name(std::string_view name, bool escaped, std::uint32_t column);

    std::uint32_t line_ = 0;
    std::string unescaped_;
};

/// Appends an entry to a list, as a line.
void append_list_line(std::string& text, const Sha256& sha256, std::string_view name);

}  // namespace libblock::detail
