#include "libblock/sha256.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "libblock/detail/hex.hpp"

namespace libblock {

std::optional<Sha256> Sha256::parse(std::string_view text) noexcept {
    if (text.size() != hex_count) return std::nullopt;
    Bytes bytes{};
    if (!detail::decode_hex64(text.data(), bytes.data())) return std::nullopt;
    return Sha256(bytes);
}

std::string Sha256::to_string() const {
    std::string text(hex_count, '\0');
    detail::encode_hex64(bytes_.data(), text.data());
    return text;
}

}  // namespace libblock
