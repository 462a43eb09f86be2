#include "libblock/hash_list.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "support.hpp"

using namespace libblock;
using namespace libblock::test;

namespace {

const std::string a = digest_of("aa").to_string();
const std::string b = digest_of("bb").to_string();

struct Refused {
    std::string text;
    Position position;
    std::string_view message;
};

}  // namespace

TEST_CASE("a list is read as sha256sum writes it") {
    const std::vector<HashListLine> expected{{digest_of("aa"), "a.exe"}, {digest_of("bb"), ""}};
    CHECK(parse_hash_list(a + "  a.exe\n" + b + "\n") == expected);
    CHECK(parse_hash_list(a + " *a.exe\r\n" + b) == expected);
    CHECK(parse_hash_list("\xef\xbb\xbf# feed\n\n \t\n" + a + "  a.exe\n#\n" + b) == expected);
    CHECK(parse_hash_list("").empty());
    CHECK(parse_hash_list("# nothing").empty());
    CHECK(parse_hash_list("AA" + a.substr(2)) == std::vector<HashListLine>{{digest_of("aa"), ""}});
}

TEST_CASE("names are taken as they stand") {
    const auto name_of = [](const std::string& text) { return parse_hash_list(text).at(0).name; };
    CHECK(name_of(a + "   leading and trailing \n") == " leading and trailing ");
    CHECK(name_of(a + "  *") == "*");
    CHECK(name_of(a + "  C:\\Temp\\a.exe") == "C:\\Temp\\a.exe");
    CHECK(name_of(a + "  # no comment") == "# no comment");
    CHECK(name_of(a + "  日本 \xe2\x80\xae.exe") == "日本 \xe2\x80\xae.exe");
    CHECK(name_of("\\" + a + "  C:\\\\Temp\\\\a.exe") == "C:\\Temp\\a.exe");
}

TEST_CASE("every other line is refused at its place") {
    const Refused cases[] = {
        {"oops\n", {1, 1}, "'oops' does not begin with the 64 hexadecimal digits of a SHA-256"},
        {a + "\n" + a.substr(1) + "\n", {2, 1}, "does not begin with"},
        {" " + a, {1, 1}, "does not begin with"},
        {"SHA256 (a.exe) = " + a, {1, 1}, "does not begin with"},
        {a + "0", {1, 65}, "followed by two spaces"},
        {a + " a.exe", {1, 65}, "followed by two spaces"},
        {a + "\ta.exe", {1, 65}, "followed by two spaces"},
        {a + "  ", {1, 65}, "followed by two spaces"},
        {"\n\\" + a + " a.exe", {2, 66}, "followed by two spaces"},
        {a + "  a\rb", {1, 67}, "a control character"},
        {a + "  \xff", {1, 67}, "is not UTF-8"},
        {a + "  " + std::string(5000, 'x'), {1, 67}, "5000 bytes long"},
        {"\\" + a + "  a\\nb", {1, 68}, "a control character"},
        {"\\" + a + "  a\\rb", {1, 68}, "a control character"},
        {"\\" + a + "  a\\tb", {1, 68}, "has an escape that is none"},
        {"\\" + a + "  a\\", {1, 68}, "has an escape that is none"},
        {"\xff\xfe", {1, 1}, "UTF-16"},
        {"\xfe\xff", {1, 1}, "UTF-16"},
    };
    for (const auto& each : cases) {
        CAPTURE(each.text);
        const Error error = error_of([&] { parse_hash_list(each.text); });
        CHECK(error.code() == ErrorCode::InvalidDocument);
        CHECK(error.position() == each.position);
        CHECK(error.file().empty());
        CHECK_MESSAGE(error.message().find(each.message) != std::string::npos, error.message());
    }
}

TEST_CASE("a list is written in the order given, and reads as it was") {
    const std::vector<HashListLine> lines{{digest_of("bb"), " *b\\c "}, {digest_of("aa"), ""}};
    const std::string text = format_hash_list(lines);
    CHECK(text == b + "   *b\\c \n" + a + "\n");
    CHECK(parse_hash_list(text) == lines);
    CHECK(format_hash_list({}).empty());
}

TEST_CASE("a name with a line break is not written") {
    CHECK(code_of([] {
              format_hash_list({{digest_of("aa"), "a\nb"}});
          }) == ErrorCode::InvalidValue);
}

TEST_CASE("errors in the file of a list name it") {
    const TemporaryFolder folder;
    const auto path = folder / "feed.sha256";
    CHECK(code_of([&] { load_hash_list(path); }) == ErrorCode::FileAccess);
    CHECK(code_of([&] { load_hash_list(folder.path()); }) == ErrorCode::FileAccess);
    write_file(path, a + "\noops\n");
    const Error error = error_of([&] { load_hash_list(path); });
    CHECK(error.file() == path.string());
    CHECK(error.position() == Position{2, 1});
    write_file(path, a + "\n");
    CHECK(load_hash_list(path).size() == 1);
}
