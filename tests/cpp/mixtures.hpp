#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

// Texts in which everything that extraction knows stands beside everything else, for tests and
// fuzzers.

namespace libblock::test {

using Random = std::mt19937;

inline std::size_t below(Random& random, std::size_t bound) {
    return random() % bound;
}

template <typename Choices>
const auto& one_of(Random& random, const Choices& choices) {
    return choices[below(random, choices.size())];
}

/// What introduces, parts, cuts or hides digits.
inline constexpr auto mixture_tokens = std::to_array<std::string_view>({
    " ",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\t",
    "  ",
    ",",
    ";",
    ":",
    "-",
    "_",
    ".",
    "|",
    "| a.exe |",
    "\n|---|---|\n",
    "\"",
    "'",
    "`",
    "*",
    "**",
    "***",
    "xxx",
    "XXXX",
    "x",
    "\\",
    "\\n",
    "\\x",
    "\\u",
    "%",
    "%2F",
    "%252F",
    "=",
    "=3D",
    "=3d",
    "=\r\n",
    "=\n",
    "0x",
    "...",
    "\u2026",
    "....",
    ". . .",
    "[...]",
    "[\u2026]",
    "(\u2026)",
    "<snip>",
    "[redacted]",
    "<redacted>",
    "\u2022\u2022\u2022",
    "<wbr>",
    "<wbr/>",
    "<br>",
    "</td><td>",
    "<tr><th>SHA-256</th>",
    "&shy;",
    "&#173;",
    "&#xad;",
    "&#8203;",
    "&#x200b;",
    "&zerowidthspace;",
    "&amp;",
    "\u00ad",
    "\u200b",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\ufe0f",
    "\u061c",
    "\u00a0",
    "\u00e9",
    "\u0430",
    "\u0415",
    "\uff11",
    "\uff21",
    "\u6f22",
    "\ud574",
    "\U0001d7ce",
    "\xff",
    "\xe2\x80",
    "\x80",
    "O",
    "l",
    "I",
    "g",
    "z",
    "\x1b[31m",
    "\x1b[0m",
    "\x1b[3D",
    "\x1b[1;31D",
    "SHA256",
    "SHA256: ",
    "SHA-256: ",
    "sha_256",
    "sha1",
    "MD5: ",
    "sha512:",
    "FileHash",
    "Authentihash: ",
    "Thumbprint: ",
    "BLAKE3: ",
    "## Windows\n",
    "macOS",
    "setup.exe",
    "/tmp/b.dmg",
    "0000: ",
    "00000010  ",
    "{\"sha256\":\"",
});

/// Lengths of digests, those just beside them, and those of the parts of one.
inline constexpr auto mixture_lengths = std::to_array<std::size_t>(
    {1,  2,  4,  7,  8,  12, 15, 16, 17, 20, 22, 23, 24, 28, 30, 31, 32, 33,  34,
     36, 39, 40, 41, 48, 52, 56, 60, 62, 63, 64, 65, 66, 68, 70, 96, 98, 128, 161});

inline std::string mixture_digits(Random& random, std::size_t count) {
    static constexpr auto alphabets = std::to_array<std::string_view>(
        {"0123456789abcdef", "0123456789ABCDEF", "0123456789abcdefABCDEF", "0", "ab1"});
    const std::string_view alphabet = alphabets[std::min<std::size_t>(below(random, 12), 4)];
    std::string digits;
    while (digits.size() < count) digits += one_of(random, alphabet);
    return digits;
}

/// Digits with the same token between its pieces.
inline std::string mixture_pieces(Random& random, std::size_t count, std::string_view joint) {
    const std::string digits = mixture_digits(random, count);
    const bool even = below(random, 2) == 0;
    const std::size_t size = 1 + below(random, 48);
    std::string text;
    for (std::size_t at = 0; at < digits.size();) {
        const std::size_t piece = even ? size : 1 + below(random, size);
        if (at > 0) text += joint;
        text += digits.substr(at, piece);
        at += piece;
    }
    return text;
}

/// Groups of two, four, eight or sixteen digits, as fingerprints and dumps have them.
inline std::string mixture_groups(Random& random) {
    const std::size_t size = std::size_t{2} << below(random, 4);
    const char separator = one_of(random, std::string_view(":- "));
    std::string text;
    for (std::size_t i = 128 / size / (1 + below(random, 4)); i > 0; --i) {
        text += mixture_digits(random, size);
        if (i > 1) text += separator;
    }
    return text;
}

inline std::string mixture_uuid(Random& random) {
    std::string text;
    for (const unsigned size : {8U, 4U, 4U, 4U, 12U}) {
        if (size != 8) text += '-';
        text += mixture_digits(random, size);
    }
    return text;
}

inline std::string mixture_part(Random& random) {
    switch (below(random, 16)) {
        case 0:
            return mixture_pieces(random, one_of(random, mixture_lengths),
                                  one_of(random, mixture_tokens));
        case 1:
            return mixture_pieces(random, 64, one_of(random, mixture_tokens));
        case 2:
            return mixture_groups(random);
        case 3:
            return mixture_uuid(random);
        case 4:
        case 5:
            return mixture_digits(random, 64);
        case 6:
        case 7:
        case 8:
            return mixture_digits(random, one_of(random, mixture_lengths));
        case 9:
            return std::string(below(random, 80), one_of(random, std::string_view("gxX*. \n")));
        default:
            return std::string(one_of(random, mixture_tokens));
    }
}

/// A text of about so many bytes.
inline std::string mixture(Random& random, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += mixture_part(random);
    return text;
}

}  // namespace libblock::test
