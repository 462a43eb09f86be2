#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace libblock::fuzz {

/// Ends the run; the fuzzer keeps the input that led here.
[[noreturn]] inline void fail(const char* file, int line, const char* condition,
                              const std::string& details) {
    std::fprintf(stderr, "%s:%d: not so: %s\n%s\n", file, line, condition, details.c_str());
    std::abort();
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) noexcept {
    return {reinterpret_cast<const char*>(data), size};
}

/// `text` as a literal of C++ and Python, for reports.
inline std::string literal(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
            result += c;
        } else {
            char code[5];
            std::snprintf(code, sizeof code, "\\%03o", byte);
            result += code;
        }
    }
    return result + '"';
}

}  // namespace libblock::fuzz

/// Checks a property; what follows it is put into the report.
#define FUZZ_REQUIRE(condition, ...)                                                          \
    do {                                                                                      \
        if (!(condition)) {                                                                   \
            ::libblock::fuzz::fail(__FILE__, __LINE__, #condition, std::string(__VA_ARGS__)); \
        }                                                                                     \
    } while (false)
