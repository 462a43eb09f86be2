#include "libblock/extraction.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/hash_entry.hpp"
#include "support.hpp"

using namespace libblock;
using namespace libblock::test;
using nlohmann::json;

namespace {

std::string bytes_of(const json& vector) {
    if (vector.contains("text")) return vector.at("text").get<std::string>();
    const auto hex = vector.at("hex").get<std::string>();
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    return bytes;
}

ExtractOptions options_of(const json& vector) {
    const json options = vector.value("options", json::object());
    return {.rejoin = options.value("rejoin", ExtractOptions{}.rejoin),
            .context = options.value("context", ExtractOptions{}.context)};
}

json place_of(const TextPlace& place) {
    return {{"line", place.line}, {"column", place.column}, {"offset", place.offset}};
}

/// An extraction in the form of the vectors, so that doctest shows both as text.
json json_of(const Extraction& extraction) {
    json result = {
        {"accepted", json::array()}, {"rejected", json::array()}, {"duplicates", json::array()}};
    for (const auto& candidate : extraction.accepted) {
        json item = place_of(candidate.place);
        item["sha256"] = candidate.sha256.to_string();
        if (candidate.kind != HashKind::File) item["kind"] = to_string(candidate.kind);
        const auto& context = candidate.context;
        if (context.platform) item["platform"] = to_string(*context.platform);
        if (!context.file_name.empty()) item["file_name"] = context.file_name;
        if (!context.label.empty()) item["label"] = context.label;
        if (context.labelled_as != DigestLabel::None) {
            item["labelled_as"] = to_string(context.labelled_as);
        }
        result["accepted"].push_back(item);
    }
    for (const auto& rejection : extraction.rejected) {
        json item = place_of(rejection.place);
        item["text"] = rejection.text;
        item["reason"] = to_string(rejection.reason);
        result["rejected"].push_back(item);
    }
    for (const auto& duplicate : extraction.duplicates) {
        json item = place_of(duplicate.place);
        item["sha256"] = duplicate.sha256.to_string();
        item["first"] = duplicate.first;
        result["duplicates"].push_back(item);
    }
    return result;
}

const std::string empty_file = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The characters of more than one byte in random texts.
const std::vector<std::string> wide_characters{"é", "漢", "\u200b", "\u00a0", "\u2026"};

/// Random texts from a seed, the same on every platform.
class Generator {
public:
    explicit Generator(std::uint32_t seed) : engine_(seed) {}

    std::size_t below(std::size_t bound) { return engine_() % bound; }
    bool coin() { return below(2) == 0; }

    template <typename T>
    const T& pick(const std::vector<T>& choices) {
        return choices[below(choices.size())];
    }

    std::string digits(std::size_t count) {
        const std::string alphabet = pick<std::string>(
            {"0123456789abcdef", "0123456789ABCDEF", "0123456789abcdefABCDEF", "0", "ab1"});
        std::string run;
        while (run.size() < count) run += alphabet[below(alphabet.size())];
        return run;
    }

    Sha256 digest() {
        Sha256::Bytes bytes;
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(below(256));
        return Sha256(bytes);
    }

    /// The digits of `digest`, each in either case.
    std::string in_any_case(const Sha256& digest) {
        std::string hex = digest.to_string();
        for (char& c : hex) c = static_cast<char>(coin() ? std::toupper(c) : c);
        return hex;
    }

    /// Words, digits and separators in an order that nobody would write.
    std::string text(std::size_t parts) {
        static const std::vector<std::size_t> lengths{1,  4,  7,  8,  14, 16, 24, 31, 32,  33, 40,
                                                      48, 50, 56, 63, 64, 64, 65, 96, 128, 161};
        static const std::vector<std::string> words{
            "g",       "x",    "0x",    "zz",         "\\n",    "\\t",    "\\",      "\\v",
            "Windows", "os x", "a.exe", "/tmp/b.dmg", "SHALL",  "_",      "(",       ")",
            "é",       "漢",   "\xff",  "\xe2\x82",   "\u200b", "\u00a0", "//c.zip", "://"};
        static const std::vector<std::string> separators{
            " ",   "\n",     "\r\n",  "\r",  "\n  ",  " \t\n", ",",
            "...", "\u2026", "[...]", "..",  "\n\n",  "|",     ":",
            "#",   "  ",     " *",    "},{", "</tr>", "<br>",  std::string(1, '\0')};
        std::string result;
        for (std::size_t i = 0; i < parts; ++i) {
            const std::size_t kind = below(8);
            if (kind < 4) result += pick(separators);
            if (kind < 5) result += digits(pick(lengths));
            if (kind == 5) result += pick(words);
            if (kind == 6)
                result += in_any_case(seen_.empty() || coin() ? remember() : pick(seen_));
            if (kind == 7) result += below(8) == 0 ? empty_file : wrapped(remember());
        }
        return result;
    }

    /// A digest on two to four lines.
    std::string wrapped(const Sha256& digest) {
        std::string hex = in_any_case(digest);
        std::string result;
        for (std::size_t lines = 1 + below(3); lines > 0; --lines) {
            const std::size_t piece = std::min<std::size_t>(8 + below(40), hex.size());
            result += hex.substr(0, piece) + pick<std::string>({"\n", "\r\n", "\r", " \n\t "});
            hex.erase(0, piece);
        }
        return result + hex;
    }

private:
    Sha256 remember() { return seen_.emplace_back(digest()); }

    std::mt19937 engine_;
    std::vector<Sha256> seen_;
};

using Run = std::pair<std::size_t, std::size_t>;

const std::vector<std::string> ellipses{"...", "\u2026", "[...]", "[\u2026]"};

bool is_alphanumeric(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// Whether a word can begin after `head`.
bool is_boundary(const std::string& head) {
    return head.empty() || !is_alphanumeric(head.back()) || head.ends_with("\\n") ||
           head.ends_with("\\t") || head.ends_with("\\r");
}

bool is_mixed(const std::string& digits) {
    return digits.find_first_of("0123456789") != std::string::npos &&
           digits.find_first_of("abcdefABCDEF") != std::string::npos;
}

/// The rules of extraction once more, as plainly as can be and without regard to time.
class Oracle {
public:
    Oracle(std::string_view text, bool rejoin) : text_(text), rejoin_(rejoin) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const std::size_t begin = i;
            while (i < text.size() && std::isxdigit(static_cast<unsigned char>(text[i]))) ++i;
            if (i > begin) runs_.emplace_back(begin, i);
        }
        for (std::size_t i = 0; i < runs_.size();) i += take(i);
    }

    json result() const { return result_; }

private:
    std::string between(std::size_t from, std::size_t to) const {
        return text_.substr(from, to - from);
    }
    std::string digits(Run run) const { return between(run.first, run.second); }
    std::string head(Run run) const { return text_.substr(0, run.first); }
    std::string tail(Run run) const { return text_.substr(run.second); }

    std::string ellipsis_before(Run run) const {
        for (const auto& ellipsis : ellipses) {
            if (head(run).ends_with(ellipsis)) return ellipsis;
        }
        return {};
    }
    std::string ellipsis_after(Run run) const {
        for (const auto& ellipsis : ellipses) {
            if (tail(run).starts_with(ellipsis)) return ellipsis;
        }
        return {};
    }

    bool begins(Run run) const {
        std::string before = head(run);
        if (is_boundary(before)) return true;
        if (!before.ends_with("0x") && !before.ends_with("0X")) return false;
        before.resize(before.size() - 2);
        return is_boundary(before);
    }
    bool ends(Run run) const { return tail(run).empty() || !is_alphanumeric(tail(run)[0]); }

    bool is_piece(Run run) const {
        const std::size_t size = digits(run).size();
        return size >= 8 && size <= 56 && size != 32 && size != 40 && size != 48 && size != 56;
    }

    bool linked(Run left, Run right) const {
        std::string gap = between(left.second, right.first);
        gap.erase(0, gap.find_first_not_of(" \t"));
        gap.erase(gap.find_last_not_of(" \t") + 1);
        return is_piece(left) && is_piece(right) && (gap == "\n" || gap == "\r\n" || gap == "\r");
    }

    /// The run `i` and all that line breaks link to it.
    std::vector<Run> chain_from(std::size_t i) const {
        std::vector<Run> chain{runs_[i]};
        for (; i + 1 < runs_.size() && linked(runs_[i], runs_[i + 1]); ++i) {
            chain.push_back(runs_[i + 1]);
        }
        return chain;
    }

    /// Where the line that `at` is in begins, 256 bytes before at most.
    std::size_t line_begin(std::size_t at) const {
        const std::size_t last = at == 0 ? std::string::npos : text_.find_last_of("\r\n", at - 1);
        const std::size_t begin = last == std::string::npos ? 0 : last + 1;
        return std::max(begin, at - std::min<std::size_t>(at, 256));
    }

    /// Whether a piece before a chain, on its line or on the one before, comes to a digest with
    /// what follows it in the chain, or with what stands below that.
    bool follows_left_over(const std::vector<Run>& chain) const {
        const std::size_t first = chain.front().first;
        std::size_t from = line_begin(first);
        if (between(from, first).find_first_not_of(" \t") == std::string::npos) {
            std::size_t end = from;
            if (end > 0 && text_[end - 1] == '\n') --end;
            if (end > 0 && text_[end - 1] == '\r') --end;
            from = line_begin(end);
        }
        for (const Run& run : runs_) {
            if (run.first < std::max(from, joined_until_) || run.second > first) continue;
            if (!is_piece(run) || !is_mixed(digits(run)) || !begins(run) || !ends(run)) continue;
            for (std::size_t skipped = 0; skipped < 2; ++skipped) {
                std::size_t sum = digits(run).size();
                for (std::size_t i = skipped; i < chain.size(); ++i) {
                    sum += digits(chain[i]).size();
                    if (sum == 32 || sum == 40 || sum == 64) return true;
                }
            }
        }
        return false;
    }

    /// The hashes that a chain is made of; none if that is not certain.
    std::vector<std::vector<Run>> hashes_in(const std::vector<Run>& chain) const {
        if (!begins(chain.front()) || !ends(chain.back())) return {};
        if (!ellipsis_before(chain.front()).empty()) return {};
        if (!ellipsis_after(chain.back()).empty()) return {};
        if (follows_left_over(chain)) return {};
        std::vector<std::vector<Run>> hashes;
        std::size_t count = 0;
        for (const Run& piece : chain) {
            if (count == 0) hashes.emplace_back();
            hashes.back().push_back(piece);
            count += digits(piece).size();
            if (count > 64) return {};
            if (count < 64) continue;
            const bool uniform = std::all_of(
                hashes.back().begin(), hashes.back().end(),
                [&](Run run) { return digits(run).size() == digits(hashes.back()[0]).size(); });
            if (uniform) return {};
            count = 0;
        }
        return count == 0 ? hashes : std::vector<std::vector<Run>>();
    }

    /// Takes the run `i` and what line breaks link to it; returns how many runs that were.
    std::size_t take(std::size_t i) {
        const auto chain = chain_from(i);
        const bool seen = std::any_of(chain.begin(), chain.end(),
                                      [&](Run run) { return digits(run).size() >= 16; });
        const auto hashes = seen ? hashes_in(chain) : std::vector<std::vector<Run>>();
        for (const auto& hash : hashes) {
            std::string joined;
            for (const Run& piece : hash) joined += digits(piece);
            joined_until_ = hash.back().second;
            if (rejoin_) {
                accept(hash[0], joined);
            } else {
                reject(hash[0], "split", Sha256::parse(joined).value().to_string());
            }
        }
        if (hashes.empty()) {
            for (std::size_t piece = 0; piece < chain.size(); ++piece) take_alone(i + piece);
        }
        return chain.size();
    }

    void take_alone(std::size_t i) {
        const Run run = runs_[i];
        if (run.first < told_until_) return;
        const std::string here = digits(run);
        const std::string cut = ellipsis_after(run);
        if (cut.empty()) {
            if (here.size() >= 32) {
                judge(run, here);
            } else if (here.size() >= 8 && is_mixed(here) && ends(run) &&
                       !ellipsis_before(run).empty()) {
                reject(run, "truncated", ellipsis_before(run) + here);
            }
            return;
        }
        std::string other;
        if (i + 1 < runs_.size() && between(run.second, runs_[i + 1].first) == cut &&
            ends(runs_[i + 1])) {
            other = digits(runs_[i + 1]);
        }
        if (other.size() < 4 || other.size() >= 32) other.clear();
        const bool told =
            here.size() >= 32 || (here.size() >= 4 && here.size() + other.size() >= 8 &&
                                  begins(run) && (is_mixed(here) || is_mixed(other)));
        if (!told) return;
        const bool wide = cut.find("\u2026") != std::string::npos;  // one character of three bytes
        reject(run, "truncated",
               (here + cut + other).substr(0, wide && here.size() < 160 ? 162 : 160));
        told_until_ = run.second + cut.size() + other.size();
    }

    void judge(Run run, const std::string& here) {
        static const std::map<std::size_t, const char*> reasons{{32, "md5"},
                                                                {40, "sha1"},
                                                                {48, "tiger"},
                                                                {56, "sha224"},
                                                                {96, "sha384"},
                                                                {63, "one_digit_short"},
                                                                {65, "one_digit_long"},
                                                                {128, "sha512"}};
        if (!begins(run) || !ends(run)) {
            reject(run, "glued", "");
        } else if (here.size() == 64) {
            accept(run, here);
        } else {
            const auto reason = reasons.find(here.size());
            reject(run, reason == reasons.end() ? "other_length" : reason->second,
                   here.substr(0, 160));
        }
    }

    void accept(Run run, const std::string& here) {
        const std::string hex = Sha256::parse(here).value().to_string();
        if (hex == empty_file) return reject(run, "empty_file", here);
        if (hex == std::string(64, hex[0])) return reject(run, "placeholder", here);
        json item = place(run.first);
        item["sha256"] = hex;
        json& accepted = result_["accepted"];
        const auto first = std::find_if(accepted.begin(), accepted.end(), [&](const json& other) {
            return other.at("sha256") == hex;
        });
        if (first == accepted.end()) {
            accepted.push_back(item);
        } else {
            item["first"] = first - accepted.begin();
            result_["duplicates"].push_back(item);
        }
    }

    void reject(Run run, const std::string& reason, const std::string& text) {
        json item = place(run.first);
        item["reason"] = reason;
        item["text"] = text;
        result_["rejected"].push_back(item);
    }

    json place(std::size_t offset) const {
        std::string before = text_.substr(0, offset);
        replace_all(before, "\r\n", "\n");
        replace_all(before, "\r", "\n");
        for (const auto& character : wide_characters) replace_all(before, character, "?");
        return {{"line", 1 + std::count(before.begin(), before.end(), '\n')},
                {"column", before.size() - (before.rfind('\n') + 1) + 1},
                {"offset", offset}};
    }

    static void replace_all(std::string& text, const std::string& old, const std::string& now) {
        for (auto at = text.find(old); at != std::string::npos;
             at = text.find(old, at + now.size())) {
            text.replace(at, old.size(), now);
        }
    }

    std::string text_;
    bool rejoin_;
    std::vector<Run> runs_;
    std::size_t told_until_ = 0;    ///< the far side of an ellipsis is told of with the near one
    std::size_t joined_until_ = 0;  ///< the end of the last hash that was split
    json result_ = {
        {"accepted", json::array()}, {"rejected", json::array()}, {"duplicates", json::array()}};
};

/// Without the texts of glued words, which the oracle leaves out.
json without_words(json found) {
    for (auto& item : found.at("rejected")) {
        if (item.at("reason") == "glued") item["text"] = "";
    }
    return found;
}

/// Offsets of all runs of 32 digits or more in what `extraction` tells of.
std::vector<std::uint64_t> offsets_of(const Extraction& extraction) {
    std::vector<std::uint64_t> offsets;
    for (const auto& item : extraction.accepted) offsets.push_back(item.place.offset);
    for (const auto& item : extraction.rejected) offsets.push_back(item.place.offset);
    for (const auto& item : extraction.duplicates) offsets.push_back(item.place.offset);
    return offsets;
}

const std::vector<std::string> surroundings{
    " ",   "\n",  "\t", ",", ";",      "\"",     "'",  "`",  "|",    "_",
    "*",   "(",   ")",  "[", "]",      "{",      "}",  "<",  ">",    "/",
    "#",   "-",   "=",  ":", "\u00a0", "\u201c", "漢", "해", "\xff", std::string(1, '\0'),
    "\\n", "\r\n"};

}  // namespace

TEST_CASE("extraction finds what the shared vectors say") {
    const json vectors = load_vectors("extraction.json");
    for (const auto& vector : vectors.at("vectors")) {
        CAPTURE(vector.at("name").get<std::string>());
        const Extraction extraction = extract(bytes_of(vector), options_of(vector));
        const json found = json_of(extraction);
        for (const char* list : {"accepted", "rejected", "duplicates"}) {
            CHECK(found.at(list).dump() == vector.at(list).dump());
        }
    }
}

TEST_CASE("extraction agrees with the rules written down once more") {
    Generator generate(1);
    for (int round = 0; round < 1500; ++round) {
        std::string text = generate.text(1 + generate.below(24));
        for (auto at = text.find("\u200b"); at != text.npos; at = text.find("\u200b")) {
            text.replace(at, 3, "\u00a0");  // the oracle knows of no invisible characters
        }
        for (const bool rejoin : {false, true}) {
            CAPTURE(text);
            CAPTURE(rejoin);
            const json found = json_of(extract(text, {.rejoin = rejoin, .context = false}));
            REQUIRE(without_words(found) == Oracle(text, rejoin).result());
        }
    }
}

TEST_CASE("each run of 32 digits or more is told of exactly once") {
    Generator generate(2);
    const auto is_hex = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
    for (int round = 0; round < 500; ++round) {
        // Without line breaks: the pieces of a split hash are told of together.
        std::string text = generate.text(1 + generate.below(60));
        std::replace(text.begin(), text.end(), '\n', ' ');
        std::replace(text.begin(), text.end(), '\r', ' ');
        std::replace(text.begin(), text.end(), '\x8b', ' ');
        CAPTURE(text);
        std::vector<std::uint64_t> long_runs;
        for (auto begin = text.begin(); begin != text.end();) {
            const auto end = std::find_if_not(begin, text.end(), is_hex);
            const auto offset = static_cast<std::uint64_t>(begin - text.begin());
            if (end - begin >= 32) long_runs.push_back(offset);
            begin = std::find_if(end, text.end(), is_hex);
        }
        std::vector<std::uint64_t> told = offsets_of(extract(text));
        std::sort(told.begin(), told.end());
        std::erase_if(told, [&](std::uint64_t offset) {
            return !std::binary_search(long_runs.begin(), long_runs.end(), offset);
        });
        CHECK(told == long_runs);
    }
}

TEST_CASE("case and surroundings never change the set") {
    Generator generate(3);
    for (int round = 0; round < 300; ++round) {
        std::vector<Sha256> digests;
        std::string text;
        for (std::size_t i = generate.below(20); i > 0; --i) {
            digests.push_back(generate.digest());
            text += generate.pick(surroundings);
            text += generate.in_any_case(digests.back());
            text += generate.pick(surroundings);
        }
        CAPTURE(text);
        const Extraction extraction = extract(text);
        CHECK(extraction.hashes() == HashSet(digests));
        CHECK(extraction.accepted.size() == digests.size());
        CHECK(extraction.rejected.empty());
    }
}

TEST_CASE("text before and after changes places only") {
    Generator generate(4);
    const std::string before = "Some words.\r\né漢\n\n";
    const std::string after = "\n\nSome words.";
    for (int round = 0; round < 300; ++round) {
        const std::string text = generate.text(1 + generate.below(40));
        CAPTURE(text);
        std::string surrounded = before;
        surrounded.append(text).append(after);
        json longer = json_of(extract(surrounded));
        for (json& list : longer) {
            for (json& item : list) {
                item["line"] = item.at("line").get<std::size_t>() - 3;
                item["offset"] = item.at("offset").get<std::size_t>() - before.size();
            }
        }
        CHECK(longer.dump(-1, ' ', true, json::error_handler_t::replace) ==
              json_of(extract(text)).dump(-1, ' ', true, json::error_handler_t::replace));
    }
}

TEST_CASE("lists stand in reading order and context is data a package can hold") {
    Generator generate(5);
    for (int round = 0; round < 500; ++round) {
        const std::string text = generate.text(1 + generate.below(60));
        CAPTURE(text);
        const Extraction extraction = extract(text);
        const auto in_order = [](const auto& left, const auto& right) {
            return left.place.offset < right.place.offset;
        };
        const auto sorted = [&](const auto& list) {
            return std::adjacent_find(list.begin(), list.end(), [&](const auto& a, const auto& b) {
                       return !in_order(a, b);
                   }) == list.end();
        };
        CHECK(sorted(extraction.accepted));
        CHECK(sorted(extraction.rejected));
        CHECK(sorted(extraction.duplicates));
        for (const auto& candidate : extraction.accepted) {
            const HashContext& context = candidate.context;
            CHECK_NOTHROW(validate(HashEntry{.sha256 = candidate.sha256,
                                             .file_name = context.file_name,
                                             .note = context.label}));
            CHECK(context.file_name.size() <= 255);
            CHECK(context.label.size() <= 64);
        }
    }
}

TEST_CASE("a hash that lines split is told of, and taken if that is wanted") {
    Generator generate(6);
    for (int round = 0; round < 500; ++round) {
        const std::vector<std::size_t> sizes = [&] {
            for (;;) {
                const std::size_t first = 8 + generate.below(49);
                const std::size_t second = std::min(8 + generate.below(49), 64 - first);
                std::vector<std::size_t> pieces{first, second};
                if (first + second < 64) pieces.push_back(64 - first - second);
                const bool certain = std::all_of(pieces.begin(), pieces.end(),
                                                 [](auto size) {
                                                     return size >= 8 && size != 32 && size != 40 &&
                                                            size != 48 && size != 56;
                                                 }) &&
                                     *std::max_element(pieces.begin(), pieces.end()) >= 16;
                if (certain) return pieces;
            }
        }();
        const Sha256 digest = generate.digest();
        const std::string hex = generate.in_any_case(digest);
        std::string text = "SHA256: ";
        std::size_t from = 0;
        for (const std::size_t size : sizes) {
            if (from > 0) text += generate.pick<std::string>({"\n", "\r\n", "\r", " \t\n    "});
            text += hex.substr(from, size);
            from += size;
        }
        CAPTURE(text);
        const Extraction strict = extract(text);
        CHECK(strict.accepted.empty());
        REQUIRE(strict.rejected.size() == 1);
        CHECK(strict.rejected[0] ==
              Rejection{digest.to_string(), RejectionReason::Split, {1, 9, 8}});
        const Extraction joined = extract(text, {.rejoin = true});
        CHECK(joined.rejected.empty());
        CHECK(joined.hashes() == HashSet{digest});
    }
}

TEST_CASE("each thing that cuts digits off does so on both sides, in any case") {
    const std::vector<std::pair<std::string, RejectionReason>> cuts{
        {"...", RejectionReason::Truncated},
        {"\u2026", RejectionReason::Truncated},
        {"[...]", RejectionReason::Truncated},
        {"[\u2026]", RejectionReason::Truncated},
        {"****", RejectionReason::Redacted},
        {"xxxx", RejectionReason::Redacted},
        {"XXXX", RejectionReason::Redacted},
        {"\u2022\u2022\u2022", RejectionReason::Redacted},
        {"[redacted]", RejectionReason::Redacted},
        {"<Redacted>", RejectionReason::Redacted},
        {"(REDACTED)", RejectionReason::Redacted},
        {"[removed]", RejectionReason::Redacted},
        {"[Masked]", RejectionReason::Redacted},
        {"[truncated]", RejectionReason::Redacted},
        {"[snip]", RejectionReason::Redacted},
        {"<SNIP>", RejectionReason::Redacted},
        {"[snipped]", RejectionReason::Redacted},
        {"[cut]", RejectionReason::Redacted},
    };
    Generator generate(8);
    for (const auto& each : cuts) {
        const std::string& cut = each.first;
        const std::string digits = generate.in_any_case(generate.digest());
        // Behind a cut as many digits as a digest has are one.
        for (const std::string& text :
             {digits.substr(0, 20) + cut, digits.substr(0, 40) + cut, cut + digits.substr(0, 20)}) {
            CAPTURE(text);
            const Extraction found = extract("see " + text + " there");
            CHECK(found.accepted.empty());
            REQUIRE(found.rejected.size() == 1);
            CHECK(found.rejected[0].reason == each.second);
        }
    }
}

TEST_CASE("each soft break joins the halves of a hash") {
    Generator generate(9);
    for (const std::string mark : {"=\r\n", "=\n", "<wbr>", "<WBR/>", "<wbr />", "&shy;", "&SHY;",
                                   "&#173;", "&#xAD;", "&#8203;", "&#x200b;", "&ZeroWidthSpace;"}) {
        CAPTURE(mark);
        for (const std::size_t first : {std::size_t{4}, std::size_t{32}, std::size_t{60}}) {
            const Sha256 digest = generate.digest();
            const std::string hex = digest.to_string();
            const std::string text = hex.substr(0, first) + mark + hex.substr(first) + "\n";
            const Extraction strict = extract(text);
            CHECK(strict.accepted.empty());
            REQUIRE(strict.rejected.size() == 1);
            CHECK(strict.rejected[0] ==
                  Rejection{hex, RejectionReason::Split, strict.rejected[0].place});
            CHECK(extract(text, {.rejoin = true}).hashes() == HashSet{digest});
        }
    }
}

TEST_CASE("one line of many hashes gives each its own context") {
    Generator generate(7);
    std::string text;
    std::vector<Sha256> digests;
    for (std::size_t i = 0; i < 20'000; ++i) {
        digests.push_back(generate.digest());
        text += digests.back().to_string() + " setup-" + std::to_string(i) + ".exe ";
    }
    const Extraction extraction = extract(text);
    REQUIRE(extraction.accepted.size() == digests.size());
    for (std::size_t i = 0; i < digests.size(); ++i) {
        REQUIRE(extraction.accepted[i].sha256 == digests[i]);
        REQUIRE(extraction.accepted[i].context.file_name == "setup-" + std::to_string(i) + ".exe");
        REQUIRE(extraction.accepted[i].context.platform == Platform::Windows);
    }
}

TEST_CASE(
    "a row of many hashes keeps the order of its first ones, whatever its columns say of them") {
    Generator generate(10);
    std::vector<Sha256> digests;
    const auto named = [&](std::size_t count) {
        std::string words;
        for (; count > 0; --count) {
            digests.push_back(generate.digest());
            words += digests.back().to_string() + " n" + std::to_string(digests.size()) + ".exe ";
        }
        return words;
    };
    for (std::size_t first = 110; first < 120; ++first) {
        CAPTURE(first);
        digests.clear();
        std::string text = "| SHA256 | Name |\n|---|---|\n| " + named(first);
        text += "| x.exe | " + named(250) + "|\n";
        const Extraction extraction = extract(text);
        REQUIRE(extraction.accepted.size() == digests.size());
        for (std::size_t i = first; i < digests.size(); ++i) {
            const std::string name = "n" + std::to_string(i + 1) + ".exe";
            REQUIRE(extraction.accepted[i].context.file_name == name);
        }
    }
}

TEST_CASE("room that is made for results and given back changes none of them") {
    const std::string hash(64, 'a');
    const Candidate candidate{
        *Sha256::parse(hash), HashKind::File, {1, 2, 3}, {{}, "a.exe", {}, {}}};
    const Rejection rejection{"b", RejectionReason::Md5, {4, 5, 6}};
    Extraction extraction;
    extraction.accepted.push_back(candidate);
    extraction.rejected.push_back(rejection);
    const Extraction before = extraction;
    extraction.accepted.reserve(1000);
    extraction.rejected.reserve(1000, 5000);
    CHECK(extraction.accepted.capacity() >= 1000);
    CHECK(extraction.rejected.capacity() >= 1000);
    CHECK(extraction == before);
    for (int i = 0; i < 5; ++i) {
        extraction.accepted.push_back(candidate);
        extraction.rejected.push_back(rejection);
    }
    extraction.accepted.shrink_to_fit();
    extraction.rejected.shrink_to_fit();
    CHECK(extraction.accepted.capacity() <= 7);
    CHECK(extraction.rejected.capacity() <= 7);
    CHECK(extraction.rejected.text_bytes() == 6);
    for (const Candidate& each : extraction.accepted) CHECK(each == candidate);
    for (const Rejection& each : extraction.rejected) CHECK(each == rejection);
}

TEST_CASE("a hash in a column that is not read has no header behind a heading") {
    std::string header = "filename,sha256";
    std::string row = "a,b";
    for (int i = 0; i < 68; ++i) {
        header += ",c";
        row += i == 64 ? "," + std::string(63, 'a') + "b" : ",d";
    }
    const Extraction extraction = extract(header + "\nx,y\n## Files\n\n" + row + "\n");
    REQUIRE(extraction.accepted.size() == 1);
    CHECK(extraction.accepted[0].context.file_name.empty());
}
