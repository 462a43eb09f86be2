#include "libblock/error.hpp"

#include "support.hpp"

using namespace libblock;

TEST_CASE("what() names as much of the place as is known") {
    const Position place{3, 7};
    CHECK(std::string(Error(ErrorCode::NotFound, "gone").what()) == "gone");
    CHECK(std::string(Error(ErrorCode::NotFound, "gone", "a.yaml").what()) == "a.yaml: gone");
    CHECK(std::string(Error(ErrorCode::NotFound, "gone", "", place).what()) == "3:7: gone");
    CHECK(std::string(Error(ErrorCode::NotFound, "gone", "a.yaml", place).what()) ==
          "a.yaml:3:7: gone");
}

TEST_CASE("in_file keeps everything else") {
    const Error error = Error(ErrorCode::InvalidDocument, "odd", "", {2, 1}).in_file("b.yaml");
    CHECK(error.code() == ErrorCode::InvalidDocument);
    CHECK(error.message() == "odd");
    CHECK(error.file() == "b.yaml");
    CHECK(error.position() == Position{2, 1});
}
