#include "corpora.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "libblock/detail/large_pages.hpp"

namespace benchmarks {
namespace {

/// splitmix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed << 40) {}

    std::uint64_t operator()() {
        std::uint64_t word = state_ += 0x9e3779b97f4a7c15;
        word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
        word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
        return word ^ (word >> 31);
    }

    std::size_t below(std::size_t limit) { return (*this)() % limit; }

    template <typename Values>
    auto choose(const Values& values) {
        return values[below(std::size(values))];
    }

private:
    std::uint64_t state_;
};

using Text = std::string;
using namespace std::string_view_literals;

void add_digits(Text& text, Random& random, std::size_t count) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::uint64_t word = 0; count > 0; --count, word >>= 4) {
        if (word == 0) word = random();
        text += digits[word % digits.size()];
    }
}

/// A number between two, with zeros in front so that it has as many digits as `most`.
void add_number(Text& text, Random& random, std::size_t least, std::size_t most) {
    const auto number = std::to_string(least + random.below(most - least + 1));
    text.append(std::to_string(most).size() - number.size(), '0').append(number);
}

void add_time(Text& text, Random& random, char between) {
    text += "2023-03-";
    add_number(text, random, 1, 31);
    text += between;
    for (const char end : "::"sv) {
        add_number(text, random, 10, 59);
        text += end;
    }
    add_number(text, random, 10, 59);
}

void add_address(Text& text, Random& random) {
    text += "10";
    for (int i = 0; i < 3; ++i) text.append(".").append(std::to_string(random.below(256)));
}

// ---- prose: an advisory, one byte of a hundred in a hash ----------------------------------------

constexpr std::size_t prose_bytes_per_hash = 6400;

// Some words are digits in part or as a whole: affected, decoded, feedback, facade, decade.
constexpr std::array words{"the"sv,         "a"sv,           "of"sv,        "to"sv,
                           "and"sv,         "its"sv,         "in"sv,        "is"sv,
                           "was"sv,         "for"sv,         "with"sv,      "that"sv,
                           "from"sv,        "before"sv,      "which"sv,     "actor"sv,
                           "loader"sv,      "payload"sv,     "deployed"sv,  "decoded"sv,
                           "registry"sv,    "domains"sv,     "installed"sv, "service"sv,
                           "affected"sv,    "build"sv,       "signed"sv,    "update"sv,
                           "beaconing"sv,   "persistence"sv, "campaign"sv,  "customers"sv,
                           "supply"sv,      "chain"sv,       "attackers"sv, "infrastructure"sv,
                           "malicious"sv,   "version"sv,     "desktop"sv,   "application"sv,
                           "in 2023"sv,     "C2"sv,          "feedback"sv,  "decade"sv,
                           "credentials"sv, "macOS"sv,       "Windows"sv,   "installer"sv};
constexpr std::array sentence_ends{". "sv, ".\n"sv, ": "sv, ".\n\n"sv, ", "sv, " ("sv, ") "sv};
constexpr std::array hash_labels{"SHA-256: "sv, "The hash of the loader is "sv, "* "sv,
                                 "SHA256 of 3CXDesktopApp.exe: "sv, ""sv};

Text make_prose(std::size_t bytes, Text text) {
    Random random(1);
    while (text.size() < bytes) {
        const std::size_t end = text.size() + prose_bytes_per_hash;
        while (text.size() < end) {
            for (std::size_t left = 6 + random.below(12); left > 0; --left) {
                text.append(random.choose(words)).append(left > 1 ? " " : "");
            }
            text += random.choose(sentence_ends);
        }
        text.append("\n").append(random.choose(hash_labels));
        add_digits(text, random, 64);
        text += "\n";
    }
    return text;
}

// ---- feed: one hash a line ----------------------------------------------------------------------

Text make_feed(std::size_t bytes, Text text) {
    Random random(2);
    while (text.size() < bytes) {
        add_digits(text, random, 64);
        text += '\n';
    }
    return text;
}

// ---- log: no hash at all ------------------------------------------------------------------------

constexpr std::array hosts{"web-01"sv, "build-17"sv, "dc2"sv, "laptop-0af3"sv};
constexpr std::array events{"Accepted connection from "sv, "GET /api/v2/items from "sv,
                            "process started by "sv,       "denied outbound to "sv,
                            "cache miss for "sv,           "session opened for "sv};
constexpr std::array paths{"/usr/lib/x86_64-linux-gnu/libc.so.6"sv, "/var/log/audit/audit.log"sv,
                           R"(C:\Windows\System32\svchost.exe)"sv,
                           "/Applications/Feed.app/Contents/MacOS/feed"sv};

Text make_log(std::size_t bytes, Text text) {
    Random random(3);
    while (text.size() < bytes) {
        add_time(text, random, 'T');
        text.append("Z ").append(random.choose(hosts)).append(" agent[");
        add_number(text, random, 1000, 9999);
        text.append("]: ").append(random.choose(events));
        add_address(text, random);
        text.append(" path=").append(random.choose(paths)).append(" id=");
        add_digits(text, random, 7 + random.below(4));
        text.append(" bytes=").append(std::to_string(random.below(1'000'000))).append("\n");
    }
    return text;
}

// ---- csv: rows such as those of MalwareBazaar ---------------------------------------------------

constexpr std::string_view csv_header =
    R"("first_seen_utc","sha256_hash","md5_hash","sha1_hash","reporter","file_name",)"
    R"("file_type_guess","mime_type","signature","clamav","vtpercent")";
constexpr std::string_view next_cell = R"(",")";
constexpr std::array file_types{
    R"(exe","application/x-dosexec)"sv, R"(dll","application/x-dosexec)"sv,
    R"(elf","application/x-executable)"sv, R"(doc","application/msword)"sv, R"(js","text/plain)"sv};
constexpr std::array signatures{"AgentTesla"sv, "Mirai"sv, "Formbook"sv, "n/a"sv,
                                "RedLineStealer"sv};

Text make_csv(std::size_t bytes, Text text) {
    Random random(4);
    text.append(csv_header).append("\n");
    while (text.size() < bytes) {
        text += '"';
        add_time(text, random, ' ');
        for (const std::size_t digits : {64U, 32U, 40U}) {
            text += next_cell;
            add_digits(text, random, digits);
        }
        text.append(next_cell).append("abuse_ch").append(next_cell).append("invoice-");
        text.append(std::to_string(random.below(100'000))).append(".scr").append(next_cell);
        text.append(random.choose(file_types)).append(next_cell);
        text.append(random.choose(signatures)).append(next_cell).append("n/a").append(next_cell);
        text.append(std::to_string(random.below(100))).append("\"\n");
    }
    return text;
}

// ---- worst: nothing but digits, one byte between runs of any length -----------------------------

Text make_worst(std::size_t bytes, Text text) {
    Random random(5);
    while (text.size() < bytes) {
        add_digits(text, random, 1 + random.below(200));
        text += random.choose(" \n,;|\t'/"sv);
    }
    return text;
}

/// Makes room on large pages, fills it and cuts what is too much.
template <Text (*Make)(std::size_t, Text)>
Text make(std::size_t bytes) {
    Text text;
    text.reserve(bytes + 2 * prose_bytes_per_hash);
    libblock::detail::prefer_large_pages(text.data(), text.capacity());
    text = Make(bytes, std::move(text));
    text.resize(whole_lines(text, bytes).size());
    return text;
}

constexpr std::array<Corpus, 5> all{{
    {"prose", make<make_prose>},
    {"log", make<make_log>},
    {"feed", make<make_feed>},
    {"csv", make<make_csv>},
    {"worst", make<make_worst>},
}};

}  // namespace

std::span<const Corpus> corpora() {
    return all;
}

const Corpus* find_corpus(std::string_view name) {
    const auto* const found =
        std::find_if(all.begin(), all.end(), [&](const Corpus& c) { return c.name == name; });
    return found == all.end() ? nullptr : found;
}

std::string_view whole_lines(std::string_view text, std::size_t bytes) {
    text = text.substr(0, bytes);
    return text.substr(0, text.rfind('\n') + 1);
}

}  // namespace benchmarks
