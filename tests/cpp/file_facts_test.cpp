#include "libblock/file_facts.hpp"

#include <string>
#include <vector>

#include "support.hpp"

using namespace libblock;

namespace {

using Values = std::vector<std::string>;

FileFacts at(Platform platform, const std::string& path) {
    FileFacts facts;
    facts.platform = platform;
    facts.values[Field::Path] = {path};
    return facts;
}

}  // namespace

TEST_CASE("an absent field has no values") {
    CHECK(values_of(FileFacts{}, Field::Publisher).empty());
    CHECK(values_of(FileFacts{}, Field::FileName).empty());
}

TEST_CASE("a file name is taken from the path unless it is given") {
    CHECK(values_of(at(Platform::Windows, R"(C:\Temp\a b.exe)"), Field::FileName) ==
          Values{"a b.exe"});
    CHECK(values_of(at(Platform::Windows, "C:/Temp/x.exe"), Field::FileName) == Values{"x.exe"});
    CHECK(values_of(at(Platform::Linux, R"(/tmp/odd\name)"), Field::FileName) ==
          Values{R"(odd\name)"});
    CHECK(values_of(at(Platform::Linux, "bare"), Field::FileName) == Values{"bare"});
    FileFacts facts = at(Platform::Linux, "/tmp/a");
    facts.values[Field::FileName] = {"b"};
    CHECK(values_of(facts, Field::FileName) == Values{"b"});
}

TEST_CASE("a field may have several values") {
    FileFacts facts;
    facts.values[Field::SecurityGroup] = {"Finance", "Everyone"};
    CHECK(values_of(facts, Field::SecurityGroup) == Values{"Finance", "Everyone"});
}
