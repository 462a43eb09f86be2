// Any bytes as a package or a policy: they are refused with a place, or what was read from them is
// written, read again and the same.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "errors.hpp"
#include "fuzz.hpp"
#include "libblock/detail/comments.hpp"
#include "libblock/document.hpp"
#include "libblock/package.hpp"

using namespace libblock;
using namespace libblock::fuzz;

namespace {

/// The hash lists that the documents of the test vectors name.
const std::filesystem::path folder =
    std::filesystem::path(LIBBLOCK_TEST_VECTORS) / "documents/package/valid";

PackageDocument read_package(std::string_view yaml) {
    return parse_package(yaml, folder);
}

/// The comments that saving keeps do not change what is saved.
template <typename Parse>
auto read_with_header(std::string_view old, const std::string& yaml, Parse parse) {
    const detail::Comments comments = detail::find_comments(old);
    return parse(comments.header + yaml.substr(yaml.find('\n') + 1));
}

void check_locations(const Locations& locations, std::string_view text) {
    for (const auto& [pointer, position] : locations) {
        FUZZ_REQUIRE(position.line > 0 && position.column > 0, pointer + " in " + literal(text));
        FUZZ_REQUIRE(locate(locations, pointer) == position, pointer + " in " + literal(text));
    }
}

void check_package(std::string_view text) {
    const auto document = parsed(text, read_package);
    if (!document) return;
    check_locations(document->locations, text);
    const Package& package = document->package;
    const DocumentText written = format_package(package, "stem");
    if (!written.lists.empty()) return;
    const Package again = read_package(written.yaml).package;
    FUZZ_REQUIRE(again == package, literal(text) + "\n" + written.yaml);
    FUZZ_REQUIRE(canonical_bytes(again) == canonical_bytes(package), literal(text));
    FUZZ_REQUIRE(format_package(again, "stem") == written, literal(text));
    FUZZ_REQUIRE(diff(package, again).empty(), literal(text));
    FUZZ_REQUIRE(read_with_header(text, written.yaml, read_package).package == package,
                 literal(text));
}

void check_policy(std::string_view text) {
    const auto document = parsed(text, parse_policy);
    if (!document) return;
    check_locations(document->locations, text);
    const Policy& policy = document->policy;
    const std::string written = format_policy(policy);
    const Policy again = parse_policy(written).policy;
    FUZZ_REQUIRE(again == policy, literal(text) + "\n" + written);
    FUZZ_REQUIRE(format_policy(again) == written, literal(text));
    FUZZ_REQUIRE(read_with_header(text, written, parse_policy).policy == policy, literal(text));
    for (const PolicyGroup& group : policy.tree.groups()) {
        for (const PackageState& state : policy.tree.in_force(group.path)) {
            FUZZ_REQUIRE(policy.tree.effective_state(group.path, state.package) == state.effective,
                         literal(text));
        }
    }
}

/// Does what may be refused.
template <typename Action>
void attempt(Action action) {
    try {
        action();
    } catch (const Error& error) {
        FUZZ_REQUIRE(is_utf8(error.what()), error.what());
    }
}

/// Whatever text a package takes, it stands in its document as it is.
void check_texts(std::string_view bytes) {
    const std::string text(bytes);
    Package package("a");
    attempt([&] { package.rename(text); });
    attempt([&] { package.set_description(text); });
    attempt([&] { package.set_references({text}); });
    attempt([&] { package.set_tags({text}); });
    attempt([&] { package.add({HashEntry{.file_name = text}}); });
    attempt([&] { package.add({HashEntry{.kind = HashKind::Authenticode, .note = text}}); });
    const Criterion criterion{Field::CommandLine, Operation::Wildcard, text};
    attempt([&] { package.add_rule({"rule", {Platform::Windows}, {criterion}}); });
    attempt([&] { package.add_rule({text, {Platform::Linux}, {{}, {.value = text}}}); });
    const std::string yaml = format_package(package, "stem").yaml;
    FUZZ_REQUIRE(read_package(yaml).package == package, literal(text) + "\n" + yaml);
}

/// A header that could not stand in a document is none.
void check_comments(std::string_view text) {
    static const Package package("a");
    static const std::string yaml = format_package(package, "stem").yaml;
    FUZZ_REQUIRE(read_with_header(text, yaml, read_package).package == package, literal(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text(data, size);
    check_package(text);
    check_policy(text);
    check_comments(text);
    check_texts(text);
    return 0;
}
