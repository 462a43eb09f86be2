#include "libblock/document.hpp"

#include <filesystem>
#include <string>

#include "support.hpp"

using namespace libblock;
using namespace libblock::test;

namespace {

const std::filesystem::path documents = std::filesystem::path(LIBBLOCK_TEST_VECTORS) / "documents";

bool is_package(const std::string& file) { return file.starts_with("package/"); }

void load(const std::string& file) {
    if (is_package(file)) {
        load_package(documents / file);
    } else {
        load_policy(documents / file);
    }
}

}  // namespace

TEST_CASE("documents are refused as the shared vectors say, at their place") {
    const auto index = load_vectors("documents/index.json");
    for (const auto& vector : index.at("invalid")) {
        const auto file = vector.at("file").get<std::string>();
        CAPTURE(file);
        const Error error = error_of([&] { load(file); });
        CHECK(to_string(error.code()) == vector.at("code").get<std::string>());
        CHECK(error.position().line == vector.at("line").get<std::uint32_t>());
        CHECK(error.position().column == vector.at("column").get<std::uint32_t>());
        CHECK(error.file() == (documents / vector.value("error_file", file)).string());
        const auto message = vector.at("message").get<std::string>();
        CHECK_MESSAGE(error.message().find(message) != std::string::npos, error.message());
    }
}
TEST_CASE("valid") {
    const auto index = load_vectors("documents/index.json");
    for (const auto& vector : index.at("valid")) {
        CAPTURE(vector.get<std::string>());
        CHECK_NOTHROW(load(vector.get<std::string>()));
    }
}
