// Any bytes as a list of hashes: read strictly, line by line, and loosely, word by word.

#include "libblock/hash_list.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "errors.hpp"
#include "fuzz.hpp"
#include "libblock/detail/encoding.hpp"
#include "libblock/detail/list_lines.hpp"
#include "libblock/hash_index.hpp"
#include "oracle.hpp"

using namespace libblock;
using namespace libblock::fuzz;

namespace {

bool is_digest(std::string_view word) {
    return word.size() == 64 && std::all_of(word.begin(), word.end(), is_hex);
}

/// What a list holds; nothing if some line is to be refused. Knows of no names but visible ASCII,
/// and leaves the judgement of others to the library: `sure` is false then.
struct Expected {
    std::optional<std::vector<HashListLine>> lines{std::vector<HashListLine>()};
    bool sure = true;
};

std::optional<HashListLine> expected_line(std::string_view line, bool& sure) {
    if (line.starts_with('\\')) {
        sure = false;
        line.remove_prefix(1);
    }
    if (!is_digest(line.substr(0, 64))) return std::nullopt;
    const auto digest = Sha256::parse(line.substr(0, 64));
    const std::string_view tail = line.substr(64);
    if (tail.empty()) return HashListLine{*digest, {}};
    if (!tail.starts_with("  ") && !tail.starts_with(" *")) return std::nullopt;
    if (tail.size() == 2) return std::nullopt;
    const std::string_view name = tail.substr(2);
    const auto visible = [](char c) { return c > ' ' && c < '\x7f'; };
    sure = sure && name.size() < 256 && std::all_of(name.begin(), name.end(), visible);
    return HashListLine{*digest, std::string(name)};
}

Expected expected_list(std::string_view text) {
    Expected expected;
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    while (!text.empty() && expected.lines) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.find_first_not_of(" \t") == line.npos || line.starts_with('#')) continue;
        if (auto entry = expected_line(line, expected.sure)) {
            expected.lines->push_back(*entry);
        } else {
            expected.lines.reset();
        }
    }
    return expected;
}

std::vector<HashListLine> read_in_pieces(std::string_view text) {
    std::vector<HashListLine> lines;
    detail::ListReader reader;
    while (!text.empty()) {
        const std::size_t least = static_cast<unsigned char>(text[0]);
        const std::size_t size = std::min(text.find('\n', least), text.size() - 1) + 1;
        reader.read(text.substr(0, size), [&](const detail::ListLine& line) {
            lines.push_back({line.sha256, std::string(line.name)});
        });
        text.remove_prefix(size);
    }
    return lines;
}

void check_list(std::string_view text) {
    const auto lines = parsed(text, parse_hash_list);
    const bool wide = text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
    const Expected expected = expected_list(text);
    if (!wide && expected.sure) FUZZ_REQUIRE(lines == expected.lines, literal(text));
    if (!lines) return;
    FUZZ_REQUIRE(read_in_pieces(text) == *lines, literal(text));
    FUZZ_REQUIRE(parse_hash_list(format_hash_list(*lines)) == *lines, literal(text));
}

struct Words {
    std::vector<Sha256> digests;
    HashTextCounts counts;
};

Words expected_words(std::string_view text) {
    Words words;
    const auto is_word = [](char c) { return is_alphanumeric(c) || c == '_'; };
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = text.substr(begin, end - begin);
        begin = end + 1;
        const std::size_t before = words.digests.size();
        for (std::size_t at = 0; at < line.size(); ++at) {
            const std::size_t first = at;
            while (at < line.size() && is_word(line[at])) ++at;
            const std::string_view word = line.substr(first, at - first);
            if (is_digest(word)) words.digests.push_back(*Sha256::parse(word));
        }
        ++words.counts.lines;
        words.counts.lines_without_hash += words.digests.size() == before;
    }
    words.counts.hashes = words.digests.size();
    return words;
}

/// What the text is as UTF-8, decoded at once; it is UTF-16 only if its first two bytes say so.
std::string decoded(std::string_view text) {
    const std::string_view first = text.substr(0, 2);
    const bool marked = first == "\xff\xfe" || first == "\xfe\xff";
    const bool wide = marked || first.find('\0') != std::string_view::npos;
    const auto [encoding, mark] = wide ? detail::read_head(text) : detail::TextHead{};
    if (encoding == detail::Encoding::Utf8) return std::string(text);
    std::string utf8;
    detail::Utf16Decoder decoder(encoding);
    decoder.decode(text.substr(mark), utf8);
    decoder.finish(utf8);
    return utf8;
}

void check_words(std::string_view text) {
    if (text.starts_with("\x89LBIDX")) return;  // a hash index, which is refused
    const Words expected = expected_words(decoded(text));
    Words words;
    HashTextReader reader([&](std::span<const Sha256> digests) {
        words.digests.insert(words.digests.end(), digests.begin(), digests.end());
    });
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t size = static_cast<unsigned char>(rest[rest.size() / 2]);
        reader.read(rest.substr(0, size));
        if (size % 5 == 0) reader.flush();
        rest.remove_prefix(std::min(std::max<std::size_t>(size, 1), rest.size()));
        if (size == 0) reader.read(text.substr(text.size() - rest.size() - 1, 1));
    }
    words.counts = reader.finish();
    FUZZ_REQUIRE(words.digests == expected.digests, literal(text));
    FUZZ_REQUIRE(words.counts == expected.counts, literal(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text(data, size);
    check_list(text);
    check_words(text);
    return 0;
}
