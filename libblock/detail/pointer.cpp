#include "libblock/detail/pointer.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace libblock::detail {

std::string json_pointer(std::initializer_list<std::string_view> keys) {
    std::string pointer;
    for (const std::string_view key : keys) {
        pointer += '/';
        for (const char character : key) {
            if (character == '~') {
                pointer += "~0";
            } else if (character == '/') {
                pointer += "~1";
            } else {
                pointer += character;
            }
        }
    }
    return pointer;
}

}  // namespace libblock::detail
