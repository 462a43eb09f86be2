#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libblock/detail/scan_text.hpp"

/// Lists of words that a text is looked up in, for each hash.
namespace libblock::detail {

/// A word in lower case, as numbers to compare: ASCII letters count in either case.
class WordKey {
public:
    /// Words that are longer are in no list.
    static constexpr std::size_t longest = 15;

    constexpr WordKey() = default;
    constexpr explicit WordKey(std::string_view word) noexcept
        : tail_(std::uint64_t{word.size() <= longest ? word.size() : longest + 1} << 56) {
        for (std::size_t i = 0; i < word.size() && i < longest; ++i) {
            const std::uint64_t byte = static_cast<unsigned char>(ascii_lower(word[i]));
            (i < 8 ? head_ : tail_) |= byte << (i % 8 * 8);
        }
    }

    constexpr bool operator==(const WordKey&) const = default;

private:
    std::uint64_t head_ = 0;
    std::uint64_t tail_ = 0;  ///< with the size as its last byte
};

/// What the compiler cannot call where it makes a list of something that is none.
void no_words_of_a_list();

template <std::size_t Count>
class WordList {
public:
    /// From words with a blank between two, in lower case.
    explicit consteval WordList(std::string_view words) {
        std::size_t begin = 0;
        for (WordKey& key : keys_) {
            std::size_t end = begin;  // GCC 12 cannot call find here with a sanitizer
            while (end < words.size() && words[end] != ' ') ++end;
            if (end == begin || end - begin > WordKey::longest) no_words_of_a_list();
            key = WordKey(words.substr(begin, end - begin));
            begin = end + 1;
        }
    }

    constexpr bool has(WordKey word) const noexcept {
        bool found = false;  // without a branch: it is hardly ever found
        for (const WordKey& key : keys_) found |= key == word;
        return found;
    }
    constexpr bool has(std::string_view word) const noexcept { return has(WordKey(word)); }

private:
    std::array<WordKey, Count> keys_;
};

/// The text of a literal, as the parameter of a template.
template <std::size_t Size>
struct Literal {
    consteval Literal(const char (&text)[Size]) {  // NOLINT: it is what a literal is
        for (std::size_t i = 0; i < Size; ++i) bytes[i] = text[i];
    }
    constexpr std::string_view view() const noexcept { return {bytes.data(), Size - 1}; }
    constexpr std::size_t count(char c) const noexcept {
        std::size_t count = 0;
        for (const char byte : bytes) count += byte == c ? 1 : 0;
        return count;
    }

    std::array<char, Size> bytes{};
};

template <Literal Words>
consteval auto operator""_words() {
    return WordList<Words.count(' ') + 1>(Words.view());
}

}  // namespace libblock::detail
