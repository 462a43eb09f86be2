#include "libblock/detail/wildcard.hpp"

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/text.hpp"

namespace libblock::detail {
namespace {

enum class TokenKind { Literal, AnyCharacter, SegmentRun, AnyRun };

struct Token {
    TokenKind kind;
    std::string_view character;  // of a literal
};

/// What continues nothing, in text that is not UTF-8, stands for itself.
std::string_view take_character(std::string_view& text) {
    const bool ascii = static_cast<unsigned char>(text.front()) < 0x80U;
    std::size_t count = 1;
    while (!ascii && count < text.size() && continues_character(text[count])) ++count;
    const std::string_view character = text.substr(0, count);
    text.remove_prefix(count);
    return character;
}

std::size_t take_stars(std::string_view& pattern) {
    const std::size_t next = pattern.find_first_not_of('*');
    const std::size_t count = next == std::string_view::npos ? pattern.size() : next;
    pattern.remove_prefix(count);
    return count;
}

std::vector<Token> tokenize(std::string_view pattern, WildcardRules rules) {
    std::vector<Token> tokens;
    while (!pattern.empty()) {
        if (const std::size_t stars = take_stars(pattern); stars > 0) {
            const bool crosses = stars > 1 || !rules.segments;
            tokens.push_back({crosses ? TokenKind::AnyRun : TokenKind::SegmentRun, {}});
            continue;
        }
        const std::string_view character = take_character(pattern);
        const bool any = character == "?";
        tokens.push_back({any ? TokenKind::AnyCharacter : TokenKind::Literal, character});
    }
    return tokens;
}

bool is_run(const Token& token) noexcept {
    return token.kind == TokenKind::SegmentRun || token.kind == TokenKind::AnyRun;
}

/// The positions in the pattern that some way of reading the text so far has reached.
class Positions {
public:
    explicit Positions(std::size_t tokens) : reached_(tokens + 1, 0) {}

    /// Marks a position, and those behind it that a run lets through without a character.
    void reach(const std::vector<Token>& tokens, std::size_t position) {
        while (reached_[position] == 0) {
            reached_[position] = 1;
            any_ = true;
            if (position == tokens.size() || !is_run(tokens[position])) return;
            ++position;
        }
    }

    bool reached(std::size_t position) const noexcept { return reached_[position] != 0; }
    bool any() const noexcept { return any_; }
    void clear() {
        reached_.assign(reached_.size(), 0);
        any_ = false;
    }

private:
    std::vector<char> reached_;
    bool any_ = false;
};

bool accepts(const Token& token, std::string_view character, WildcardRules rules) noexcept {
    const bool separator = rules.segments && character == "/";
    switch (token.kind) {
        case TokenKind::Literal:
            return character == token.character;
        case TokenKind::AnyCharacter:
        case TokenKind::SegmentRun:
            return !separator;
        case TokenKind::AnyRun:
            break;
    }
    return true;
}

}  // namespace

bool wildcard_match(std::string_view pattern, std::string_view text, WildcardRules rules) {
    const std::vector<Token> tokens = tokenize(pattern, rules);
    Positions now(tokens.size());
    Positions next(tokens.size());
    now.reach(tokens, 0);
    while (!text.empty() && now.any()) {
        const std::string_view character = take_character(text);
        next.clear();
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (!now.reached(i) || !accepts(tokens[i], character, rules)) continue;
            next.reach(tokens, is_run(tokens[i]) ? i : i + 1);
        }
        std::swap(now, next);
    }
    return text.empty() && now.reached(tokens.size());
}

}  // namespace libblock::detail
