#include "libblock/detail/text_pool.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace libblock::detail {
namespace {

constexpr std::size_t recent_count = 1024;

}  // namespace

std::uint32_t TextPool::add(std::string_view text) {
    if (text.empty()) return 0;
    if (recent_.empty()) recent_.resize(recent_count);
    // One slot for each remainder: whatever the texts are, finding one costs the same.
    std::uint32_t& number = recent_[std::hash<std::string_view>{}(text) % recent_count];
    if ((*this)[number] == text) return number;
    bytes_ += text;
    ends_.push_back(bytes_.size());
    number = static_cast<std::uint32_t>(ends_.size());
    return number;
}

std::string_view TextPool::operator[](std::uint32_t number) const noexcept {
    if (number == 0) return {};
    const std::size_t begin = number == 1 ? 0 : ends_[number - 2];
    return std::string_view(bytes_).substr(begin, ends_[number - 1] - begin);
}

void TextPool::settle() {
    recent_.clear();
    recent_.shrink_to_fit();
    bytes_.shrink_to_fit();
    ends_.shrink_to_fit();
}

}  // namespace libblock::detail
