#include "libblock/detail/context_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "../support.hpp"
#include "libblock/detail/scan_text.hpp"

using namespace libblock;
using namespace libblock::detail;
using namespace libblock::test;

namespace {

/// What the reader is given: all of the text at once, as little as it asks for, or that with more.
enum class Cut { Whole, Least, Uneven };

std::vector<Slice> hashes_in(std::string_view text) {
    std::vector<Slice> hashes;
    for (Slice run = next_digits(text, 0, 64); !run.empty(); run = next_digits(text, run.end, 64)) {
        if (run.size() == Sha256::hex_count) hashes.push_back(run);
    }
    return hashes;
}

std::vector<HashContext> contexts_of(std::string_view text, Cut cut, bool labels_only = false) {
    ContextReader reader(*scan_kernels().front(), labels_only);
    reader.begin(text.substr(0, 4096));
    const std::vector<Slice> all = hashes_in(text);
    std::vector<HashContext> contexts(all.size());
    for (std::size_t i = 0; i < all.size();) {
        std::size_t count = 1;
        while (i + count < all.size() &&
               in_one_record(text, all[i], all[i + count - 1], all[i + count])) {
            ++count;
        }
        std::size_t begin = 0;
        std::size_t end = text.size();
        if (cut != Cut::Whole) {
            const std::size_t more = cut == Cut::Least ? 0 : 37 * i % 4099;
            const std::size_t back = ContextReader::look_back + more;
            begin = all[i].begin - std::min(all[i].begin, back);
            end = std::min(end, all[i + count - 1].end + ContextReader::look_ahead + more);
        }
        std::vector<Slice> hashes;
        for (std::size_t k = i; k < i + count; ++k) {
            hashes.push_back({all[k].begin - begin, all[k].end - begin});
        }
        // Bytes of its own, so that no look beyond the window goes unseen.
        const std::string part(text.substr(begin, end - begin));
        reader.read({part, begin}, hashes, std::span(contexts).subspan(i, count));
        i += count;
    }
    return contexts;
}

void check_all_cuts(std::string_view text) {
    const auto whole = contexts_of(text, Cut::Whole);
    CHECK(contexts_of(text, Cut::Least) == whole);
    CHECK(contexts_of(text, Cut::Uneven) == whole);
    const auto labels = contexts_of(text, Cut::Uneven, true);
    REQUIRE(labels.size() == whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        CHECK(labels[i].labelled_as == whole[i].labelled_as);
        CHECK(labels[i].label.empty());
        CHECK(labels[i].file_name.empty());
        CHECK_FALSE(labels[i].platform);
    }
}

/// A hash of its own for each number.
std::string hash_of(std::size_t number) {
    std::string digits = std::to_string(number);
    return std::string(Sha256::hex_count - digits.size() - 1, 'a') + "b" + digits;
}

std::string repeat(std::string_view line, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += line;
    return text;
}

}  // namespace

TEST_CASE("how windows cut the shared vectors changes no context") {
    const auto vectors = load_vectors("extraction.json");
    std::string all;
    for (const auto& vector : vectors.at("vectors")) {
        if (!vector.contains("text")) continue;
        const auto text = vector.at("text").get<std::string>();
        CAPTURE(vector.at("name").get<std::string>());
        check_all_cuts(text);
        all += text + "\n";
    }
    check_all_cuts(all);
}

TEST_CASE("how windows cut random texts changes no context") {
    std::mt19937 engine(1);
    const std::vector<std::string> parts{"|",
                                         ",",
                                         "\t",
                                         ";",
                                         "\n",
                                         "\n",
                                         "\r\n",
                                         "\n\n",
                                         " ",
                                         "\"",
                                         "SHA256",
                                         "File name",
                                         "OS",
                                         "Windows",
                                         "a.exe",
                                         "b.dmg",
                                         "<table>",
                                         "<tr>",
                                         "<td>",
                                         "</td>",
                                         "</tr>",
                                         "<th>",
                                         "<br>",
                                         "</table>",
                                         "\n|===\n",
                                         "|---|---|\n",
                                         "Authentihash:",
                                         "SHA256/SHA512: ",
                                         "BLAKE3: sha256:",
                                         R"({"type": "authentihash", )",
                                         R"("value": ")",
                                         "type: sha3-256\n",
                                         "  type: SHA256\n",
                                         "hash: ",
                                         "<Type>SHA3-256</Type>",
                                         "<Value>",
                                         "</Value>",
                                         "}",
                                         "Certificate thumbprint\n",
                                         "<dt>Thumbprint</dt>",
                                         "&quot;",
                                         "\u00a0",
                                         "\"certificates\": [",
                                         "\", \"",
                                         "\n## macOS\n",
                                         "- ",
                                         "thumbprint",
                                         "`",
                                         "*",
                                         "(",
                                         ")",
                                         "[cols=2]\n",
                                         "\\|",
                                         "# ",
                                         "x",
                                         "é",
                                         ":",
                                         "=",
                                         "{\"name\":\"",
                                         "\",\"sha256\":\"",
                                         "\"}",
                                         "](",
                                         "]",
                                         "\\_",
                                         "a b.exe",
                                         "+---+---+\n",
                                         "Sample"};
    for (int round = 0; round < 500; ++round) {
        std::string text;
        for (std::size_t i = engine() % 300; i > 0; --i) {
            if (engine() % 5 == 0) {
                text += hash_of(engine() % 1000);
            } else if (engine() % 400 == 0) {
                text += repeat("some, words and | more\n", 1 + engine() % 70'000);
            } else {
                text += parts[engine() % parts.size()];
            }
        }
        CAPTURE(round);
        check_all_cuts(text);
    }
}

TEST_CASE("a table and a heading last as long as rows follow them") {
    std::string text = "Certificate thumbprints:\n";
    for (std::size_t i = 0; i < 2000; ++i) text += hash_of(i) + "\n";
    text += "\nname;sha256\n";
    for (std::size_t i = 2000; i < 4000; ++i)
        text += "tool " + std::to_string(i) + ";" + hash_of(i) + "\n";
    const auto contexts = contexts_of(text, Cut::Least);
    REQUIRE(contexts.size() == 4000);
    CHECK(contexts[1999].labelled_as == DigestLabel::Certificate);
    CHECK(contexts[2000].labelled_as == DigestLabel::Sha256);
    CHECK(contexts[3999].label == "sha256");
    check_all_cuts(text);
}

TEST_CASE("an array on one line has one label, however long it is") {
    std::string text = R"({"authentihash": [)";
    for (std::size_t i = 0; i < 500; ++i) text += '"' + hash_of(i) + "\", ";
    text += "], \"x\": [\"" + hash_of(500) + "\"]}";
    const auto contexts = contexts_of(text, Cut::Least);
    REQUIRE(contexts.size() == 501);
    for (std::size_t i = 0; i < 500; ++i) {
        CHECK(contexts[i].labelled_as == DigestLabel::Authentihash);
    }
    CHECK(contexts[500].labelled_as == DigestLabel::None);
    check_all_cuts(text);
}

TEST_CASE("what stands more than 64 KiB before a hash says nothing of it") {
    const std::string hash = hash_of(1);
    const std::string near = repeat("\n", 60'000);
    const std::string far = repeat("\n", 70'000);
    CHECK(contexts_of("Authentihash:\n" + near + hash, Cut::Least)[0].labelled_as ==
          DigestLabel::Authentihash);
    CHECK(contexts_of("Authentihash:\n" + far + hash, Cut::Least)[0].labelled_as ==
          DigestLabel::None);
    CHECK(contexts_of("## macOS\n" + near + hash, Cut::Least)[0].platform == Platform::Macos);
    CHECK_FALSE(contexts_of("## macOS\n" + far + hash, Cut::Least)[0].platform);
    const std::string rows = repeat("| a | b |\n", 70'000);
    CHECK(contexts_of("| Tool | SHA256 |\n|---|---|\n" + rows + "| a | " + hash + " |\n",
                      Cut::Least)[0]
              .labelled_as == DigestLabel::None);
}

TEST_CASE("the cells of a row are read for eight records in it, whoever asks for them") {
    std::string text =
        "<table><tr><th>File name<th>Algorithm<th>Digest</tr>\n"
        "<tr><td>setup.exe<td>Authentihash<td>\n";
    SUBCASE("each hash has a label of its own") {
        for (std::size_t i = 0; i < 7; ++i) text += "SHA-256: " + hash_of(i) + "\n";
    }
    SUBCASE("no hash has one") {
        for (std::size_t i = 0; i < 7; ++i) text += hash_of(i) + "\n";
    }
    text += hash_of(7) + "\n" + hash_of(8) + "\n</table>\n";
    const auto contexts = contexts_of(text, Cut::Whole);
    REQUIRE(contexts.size() == 9);
    CHECK(contexts[7].labelled_as == DigestLabel::Authentihash);
    CHECK(contexts[7].file_name == "setup.exe");
    CHECK(contexts[8].labelled_as == DigestLabel::None);
    CHECK(contexts[8].file_name.empty());
    check_all_cuts(text);
}

TEST_CASE("the header of a file reaches rows that its window does not") {
    const std::string rows = repeat("evil.example,domain,x\n", 200'000);
    const std::string text = "indicator,type,File name\n" + rows + hash_of(1) + ",sha256,setup\n";
    const auto contexts = contexts_of(text, Cut::Least);
    CHECK(contexts[0].file_name == "setup");
    CHECK(contexts[0].labelled_as == DigestLabel::Sha256);
    check_all_cuts(text);
}
