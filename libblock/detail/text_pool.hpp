#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace libblock::detail {

/// Texts one behind the other, under numbers; 0 is the empty text. A text that comes again soon is
/// nearly always found and kept once; none is ever confused with another.
class TextPool {
public:
    std::uint32_t add(std::string_view text);
    std::string_view operator[](std::uint32_t number) const noexcept;

    /// Gives back the memory that only adding needs.
    void settle();

private:
    std::string bytes_;
    std::vector<std::size_t> ends_;      ///< of each text in `bytes_`
    std::vector<std::uint32_t> recent_;  ///< one number for each remainder of a text's hash
};

}  // namespace libblock::detail
