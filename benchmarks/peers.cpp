#include "peers.hpp"

#include <cstdint>
#include <iterator>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string_view>

#if LIBBLOCK_HAS_HYPERSCAN
#include <hs.h>
#endif
#if LIBBLOCK_HAS_PCRE2
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#endif
#if LIBBLOCK_HAS_RE2
#include <re2/re2.h>
#endif

namespace benchmarks {
namespace {

constexpr int runs = 5;
constexpr std::size_t standard_bytes = 1'000'000;  // std::regex is that slow

[[maybe_unused]] void require(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
}

#if LIBBLOCK_HAS_HYPERSCAN
Way hyperscan(std::size_t bytes) {
    hs_database_t* database = nullptr;
    hs_compile_error_t* error = nullptr;
    require(hs_compile(hash_pattern, 0, HS_MODE_BLOCK, nullptr, &database, &error) == HS_SUCCESS,
            "Hyperscan does not take the pattern");
    hs_scratch_t* scratch = nullptr;
    require(hs_alloc_scratch(database, &scratch) == HS_SUCCESS, "Hyperscan has no memory");
    const std::shared_ptr<hs_database_t> owned_database(database, hs_free_database);
    const std::shared_ptr<hs_scratch_t> owned_scratch(scratch, hs_free_scratch);

    return way("Hyperscan", bytes, runs, [=](std::string_view text) {
        std::uint64_t found = 0;
        const auto count = [](unsigned, unsigned long long, unsigned long long, unsigned,
                              void* counter) {
            ++*static_cast<std::uint64_t*>(counter);
            return 0;
        };
        require(hs_scan(owned_database.get(), text.data(), static_cast<unsigned>(text.size()), 0,
                        owned_scratch.get(), count, &found) == HS_SUCCESS,
                "Hyperscan fails");
        return found;
    });
}
#endif

#if LIBBLOCK_HAS_PCRE2
Way pcre2(std::size_t bytes) {
    int error = 0;
    PCRE2_SIZE error_at = 0;
    const std::shared_ptr<pcre2_code> code(
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pcre_pattern), PCRE2_ZERO_TERMINATED, 0, &error,
                      &error_at, nullptr),
        pcre2_code_free);
    require(code != nullptr, "PCRE2 does not take the pattern");
    require(pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE) == 0, "PCRE2 has no JIT");
    const std::shared_ptr<pcre2_match_data> match(
        pcre2_match_data_create_from_pattern(code.get(), nullptr), pcre2_match_data_free);

    return way("PCRE2 JIT", bytes, runs, [=](std::string_view text) {
        const auto* const begin = reinterpret_cast<PCRE2_SPTR>(text.data());
        std::uint64_t found = 0;
        for (PCRE2_SIZE at = 0;
             pcre2_jit_match(code.get(), begin, text.size(), at, 0, match.get(), nullptr) > 0;
             ++found) {
            at = pcre2_get_ovector_pointer(match.get())[1];
        }
        return found;
    });
}
#endif

#if LIBBLOCK_HAS_RE2
Way re2_library(std::size_t bytes) {
    const auto pattern = std::make_shared<re2::RE2>(hash_pattern, re2::RE2::Latin1);
    require(pattern->ok(), "RE2 does not take the pattern");
    return way("RE2", bytes, runs, [=](std::string_view text) {
        const re2::StringPiece piece(text.data(), text.size());
        re2::StringPiece match;
        std::uint64_t found = 0;
        for (std::size_t at = 0;
             pattern->Match(piece, at, piece.size(), re2::RE2::UNANCHORED, &match, 1); ++found) {
            at = static_cast<std::size_t>(match.data() - piece.data()) + match.size();
        }
        return found;
    });
}
#endif

Way standard_regex() {
    const auto pattern = std::make_shared<std::regex>(hash_pattern, std::regex::optimize);
    return way("std::regex", standard_bytes, runs, [=](std::string_view text) {
        using Matches = std::regex_iterator<std::string_view::const_iterator>;
        return std::distance(Matches(text.begin(), text.end(), *pattern), Matches());
    });
}

}  // namespace

std::vector<Way> peer_libraries([[maybe_unused]] std::size_t bytes) {
    return {
#if LIBBLOCK_HAS_HYPERSCAN
        hyperscan(bytes),
#endif
#if LIBBLOCK_HAS_PCRE2
            pcre2(bytes),
#endif
#if LIBBLOCK_HAS_RE2
            re2_library(bytes),
#endif
            standard_regex(),
    };
}

std::vector<std::string> missing_peer_libraries() {
    return {
#if !LIBBLOCK_HAS_HYPERSCAN
        "Hyperscan",
#endif
#if !LIBBLOCK_HAS_PCRE2
            "PCRE2",
#endif
#if !LIBBLOCK_HAS_RE2
            "RE2",
#endif
    };
}

}  // namespace benchmarks
