#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <system_error>

#include "libblock/enum_text.hpp"
#include "libblock/error.hpp"
#include "libblock/sha256.hpp"

namespace libblock {

/// Lets doctest print what was expected and what came.
template <TextEnum E>
std::ostream& operator<<(std::ostream& stream, E value) {
    return stream << to_string(value);
}

inline std::ostream& operator<<(std::ostream& stream, const Sha256& digest) {
    return stream << digest.to_string();
}

}  // namespace libblock

namespace libblock::test {

/// A shared test vector file; `name` is relative to tests/vectors.
inline nlohmann::json load_vectors(std::string_view name) {
    std::ifstream file(std::filesystem::path(LIBBLOCK_TEST_VECTORS) / name);
    REQUIRE_MESSAGE(file.good(), "missing test vectors");
    return nlohmann::json::parse(file);
}

/// A digest that begins with `prefix`, the rest zeros: short to write, easy to tell apart.
inline Sha256 digest_of(std::string_view prefix) {
    std::string hex(prefix);
    hex.resize(Sha256::hex_count, '0');
    return Sha256::parse(hex).value();
}

/// Runs `action`, which must throw an `Error`, and returns it.
template <typename Action>
Error error_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    FAIL("no error was thrown");
    return Error(ErrorCode::InvalidValue, "unreachable");
}

template <typename Action>
ErrorCode code_of(Action action) {
    return error_of(action).code();
}

/// A folder that is removed with all in it.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "libblock-test-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    REQUIRE(file.good());
}

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace libblock::test
