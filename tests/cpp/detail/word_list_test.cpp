#include "libblock/detail/word_list.hpp"

#include <string>
#include <string_view>

#include "../support.hpp"

using namespace libblock::detail;

TEST_CASE("a list has its words, in any case, and nothing else") {
    constexpr auto list = "none unknown n/a certificate sixteen-letters"_words;
    static_assert(list.has("None") && !list.has("no"));
    for (const std::string_view word :
         {"none", "UNKNOWN", "n/A", "Certificate", "sixteen-letters"}) {
        CAPTURE(word);
        CHECK(list.has(word));
    }
    constexpr std::string_view with_nul("none\0", 5);
    for (const std::string_view word :
         {std::string_view(), std::string_view(" "), std::string_view("non"),
          std::string_view("nones"), std::string_view("none "), with_nul,
          std::string_view("none unknown"),
          std::string_view("n\x0f"
                           "a"),
          std::string_view("sixteen-letters!"), std::string_view("sixteen-letters and more")}) {
        CAPTURE(word);
        CHECK_FALSE(list.has(word));
    }
}

TEST_CASE("words differ by any of their bytes") {
    const std::string word = "abcdefghijklmno";
    for (std::size_t size = 0; size <= word.size(); ++size) {
        const std::string head = word.substr(0, size);
        CHECK(WordKey(head) == WordKey(head));
        for (std::size_t i = 0; i < size; ++i) {
            std::string other = head;
            other[i] = 'A';
            CHECK((WordKey(other) == WordKey(head)) == (i == 0));
            other[i] = '\x80';
            CHECK(WordKey(other) != WordKey(head));
        }
        CHECK(WordKey(head + 'z') != WordKey(head));
        CHECK(WordKey(head + '\0') != WordKey(head));
    }
}
