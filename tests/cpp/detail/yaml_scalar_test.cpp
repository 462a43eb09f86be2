#include "libblock/detail/yaml_scalar.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "support.hpp"

using namespace libblock::detail;

TEST_CASE("plain scalars have the types of the core schema") {
    const std::pair<std::string_view, PlainType> cases[] = {
        {"", PlainType::Null},           {"~", PlainType::Null},
        {"null", PlainType::Null},       {"Null", PlainType::Null},
        {"NULL", PlainType::Null},       {"nULL", PlainType::Text},
        {"nulls", PlainType::Text},      {"true", PlainType::Boolean},
        {"True", PlainType::Boolean},    {"FALSE", PlainType::Boolean},
        {"tRUE", PlainType::Text},       {"yes", PlainType::Text},
        {"off", PlainType::Text},        {"0", PlainType::Number},
        {"010", PlainType::Number},      {"-12", PlainType::Number},
        {"+12", PlainType::Number},      {"1_000", PlainType::Text},
        {"0x1F", PlainType::Number},     {"0x", PlainType::Text},
        {"0xg", PlainType::Text},        {"-0x1", PlainType::Text},
        {"0o17", PlainType::Number},     {"0o8", PlainType::Text},
        {"0b1", PlainType::Text},        {"1.", PlainType::Number},
        {"1.5", PlainType::Number},      {".5", PlainType::Number},
        {".", PlainType::Text},          {"-", PlainType::Text},
        {"1.2.3", PlainType::Text},      {"1e5", PlainType::Number},
        {"1E+05", PlainType::Number},    {"1.5e-3", PlainType::Number},
        {"1e", PlainType::Text},         {"1e+", PlainType::Text},
        {"1ex", PlainType::Text},        {"e5", PlainType::Text},
        {".inf", PlainType::Number},     {"-.Inf", PlainType::Number},
        {"+.INF", PlainType::Number},    {".iNF", PlainType::Text},
        {".nan", PlainType::Number},     {"-.nan", PlainType::Text},
        {"2026-01-01", PlainType::Text}, {"12:30:00", PlainType::Text},
        {"<<", PlainType::Text},         {"=", PlainType::Text},
    };
    for (const auto& each : cases) {
        const auto text = each.first;
        CAPTURE(text);
        CHECK(plain_type(text) == each.second);
    }
}

TEST_CASE("what a reader of YAML could take for something else needs quotes") {
    for (const std::string_view text :
         {"",
          "~",
          "null",
          "NuLL",
          "true",
          "FALSE",
          "yes",
          "No",
          "on",
          "OFF",
          "y",
          "N",
          "1",
          "-1",
          "+1",
          "0123",
          "1_000",
          "0b11",
          "0B1",
          "0o17",
          "0x1F",
          "0xdead",
          "1.5",
          ".5",
          "1e5",
          "1.2.3",
          "12:30",
          "190:20:30",
          "2026-01-01",
          "2026-1-1 10:00:00 +1",
          ".inf",
          "-.inf",
          ".nan",
          "<<",
          "=",
          "- a",
          "-",
          "---",
          "...",
          "? a",
          "?",
          ": a",
          ":",
          "a: b",
          "a:",
          "a #b",
          "#a",
          " a",
          "a ",
          "[a",
          "]a",
          "{a",
          "}a",
          ",a",
          "&a",
          "*a",
          "!a",
          "|a",
          ">a",
          "'a",
          "\"a",
          "%a",
          "@a",
          "`a",
          "0000000000000000000000000000000000000000000000000000000000001e34"}) {
        CAPTURE(text);
        CHECK_FALSE(is_safe_plain(text));
    }
}

TEST_CASE("ordinary texts need no quotes") {
    for (const std::string_view text :
         {"a",
          "3CX DesktopApp",
          "3CXDesktopApp.exe",
          "https://example.com/a?b=c#d",
          "it's",
          "say \"so\"",
          "C:\\Windows\\notepad.exe",
          "/opt/3cx/**",
          "a]]>b",
          "a, b",
          "a:b",
          "null and void",
          "nothing",
          "offline",
          "yesterday",
          "0bserve",
          "0xyz",
          "0oops",
          "1st",
          "2026-01-01 and later",
          "日本語",
          "é",
          "(none)",
          "$HOME",
          "_",
          "0b2",
          "e5",
          "dde03348075512796241389dfea5560c20a3d2a2eac95c894e7bbed5e85a0acc",
          "0b123348075512796241389dfea5560c20a3d2a2eac95c894e7bbed5e85a0acc"}) {
        CAPTURE(text);
        CHECK(is_safe_plain(text));
    }
}

TEST_CASE("no text that is safe without quotes is anything else in the core schema") {
    constexpr std::string_view alphabet = "01eExXoO.+-_~:nN";
    for (const char a : alphabet) {
        for (const char b : alphabet) {
            for (const char c : alphabet) {
                const std::string text{a, b, c};
                CAPTURE(text);
                CHECK((!is_safe_plain(text) || plain_type(text) == PlainType::Text));
            }
        }
    }
}
