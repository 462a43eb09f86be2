#include "libblock/document.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/hasher.hpp"
#include "libblock/limits.hpp"
#include "support.hpp"

namespace fs = std::filesystem;
using namespace libblock;
using namespace libblock::test;

namespace {

const fs::path documents = fs::path(LIBBLOCK_TEST_VECTORS) / "documents";

bool is_package(const std::string& file) {
    return file.starts_with("package/");
}

void load(const std::string& file) {
    if (is_package(file)) {
        load_package(documents / file);
    } else {
        load_policy(documents / file);
    }
}

Package package_named(std::string name, std::size_t hashes = 0) {
    Package package(std::move(name));
    std::vector<HashEntry> entries(hashes);
    for (std::size_t i = 0; i < hashes; ++i) entries[i].sha256 = hash_text(std::to_string(i));
    package.add(std::move(entries));
    return package;
}

/// So many that they go to a list.
Package large_package() {
    return package_named("Large", limits::inline_entries + 1);
}

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
        names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

using Names = std::vector<std::string>;

}  // namespace

// ---- reading -----------------------------------------------------------------------------------

TEST_CASE("documents are refused as the shared vectors say, at their place") {
    const auto index = load_vectors("documents/index.json");
    REQUIRE(index.at("invalid").size() > 200);
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

TEST_CASE("the valid documents of the shared vectors read again as they are written") {
    const auto index = load_vectors("documents/index.json");
    REQUIRE(index.at("valid").size() > 20);
    for (const auto& vector : index.at("valid")) {
        const auto file = vector.get<std::string>();
        CAPTURE(file);
        if (is_package(file)) {
            const Package package = load_package(documents / file).package;
            const DocumentText text = format_package(package, "x");
            CHECK(text.yaml.starts_with("# yaml-language-server: $schema=package.schema.json\n"));
            CHECK(parse_package(text.yaml, "/nonexistent").package == package);
        } else {
            const Policy policy = load_policy(documents / file).policy;
            const std::string text = format_policy(policy);
            CHECK(text.starts_with("# yaml-language-server: $schema=policy.schema.json\n"));
            CHECK(parse_policy(text).policy == policy);
        }
    }
}

TEST_CASE("every vector is in the index") {
    const auto index = load_vectors("documents/index.json");
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(documents)) {
        files += entry.path().extension() == ".yaml" ? 1U : 0U;
    }
    CHECK(files == index.at("valid").size() + index.at("invalid").size());
}

TEST_CASE("what stands in a package comes out of it") {
    const Package package = load_package(documents / "package/valid/every_key.yaml").package;
    CHECK(package.name() == "3CX DesktopApp");
    CHECK(package.version() == 4294967295U);
    CHECK(package.description() ==
          "Trojanised builds of the 3CX desktop client.\n\n# no comment, and no \"quotes\" "
          "either\n");
    CHECK(package.references().at(1) == "advisory of 2023-03-29: page 2");
    CHECK(package.tags() == Names{"supply-chain", "2023", "it's"});
    CHECK(to_string(package.expires().value()) == "2027-01-01T00:00:00Z");
    CHECK(package.rules().size() == 2);
    CHECK(package.rules()[0].platforms == std::vector{Platform::Windows, Platform::Macos});
    CHECK(package.rules()[1].criteria[0] ==
          Criterion{Field::Path, Operation::Wildcard, "/opt/3cx/**"});
    CHECK(package.entries().size() == 3);
    CHECK(package.provenance().at(0).accepted == UINT64_MAX);
    const Package listed = load_package(documents / "package/valid/hash_lists.yaml").package;
    CHECK(listed.entries().size() == 6);
    const Sha256 digest =
        Sha256::parse("aa124a4b4df12b34e74ee7f6c683b2ebec4ce9a8edcf9be345823b4fdcf5d868").value();
    CHECK(
        listed.entries().find(digest, HashKind::File) ==
        HashEntry{digest, HashKind::File, "setup.msi", Platform::Windows, "", {"feed.csv", 0, 0}});
    CHECK(listed.entries().find(digest, HashKind::Authenticode)->file_name == "back\\slash.exe");
}

TEST_CASE("parts have places, by index in packages and by name in policies") {
    const auto package = load_package(documents / "package/valid/every_key.yaml").locations;
    CHECK(locate(package, "") == Position{2, 1});
    CHECK(locate(package, "/name") == Position{3, 7});
    CHECK(locate(package, "/tags/2") == Position{12, 30});
    CHECK(locate(package, "/rules/1/criteria/0/value") == Position{28, 51});
    CHECK(locate(package, "/hashes/2") == Position{32, 5});
    CHECK(locate(package, "/hashes/2/note") == Position{32, 5});
    CHECK(locate(package, "/expires/nothing/there") == Position{13, 10});
    CHECK(locate(package, "/nothing") == Position{2, 1});
    CHECK(locate({}, "/nothing") == Position{});
    const auto policy = load_policy(documents / "policy/valid/every_key.yaml").locations;
    CHECK(locate(policy, "/packages/123/file") == Position{7, 11});
    CHECK(locate(policy, "/groups/~1/states/3CX DesktopApp/state") == Position{12, 16});
    CHECK(locate(policy, "/groups/~1Workstations~1Finance") == Position{17, 5});
    CHECK(locate(policy, "/groups/~1Elsewhere") == Position{9, 3});
}

TEST_CASE("errors name the file as it was given") {
    const TemporaryFolder folder;
    CHECK(error_of([&] { load_package(folder / "none.yaml"); }).file() ==
          (folder / "none.yaml").string());
    CHECK(code_of([&] { load_policy(folder.path()); }) == ErrorCode::FileAccess);
    write_file(folder / "a.yaml", "libblock: 2\n");
    fs::create_symlink("a.yaml", folder / "b.yaml");
    const Error error = error_of([&] { load_package(folder / "b.yaml"); });
    CHECK(std::string(error.what()) ==
          (folder / "b.yaml").string() + ":1:11: the format has version 2, and only 1 can be read");
    CHECK(error_of([] { parse_policy("a: b\n"); }).file().empty());
}

// ---- saving ------------------------------------------------------------------------------------

TEST_CASE("a new document gets the line that names its schema") {
    const TemporaryFolder folder;
    save_package(package_named("A"), folder / "a.yaml");
    CHECK(read_file(folder / "a.yaml") ==
          "# yaml-language-server: $schema=package.schema.json\nlibblock: 1\nname: A\n"
          "version: 1\n");
    save_policy({}, folder / "policy.yaml");
    CHECK(read_file(folder / "policy.yaml") ==
          "# yaml-language-server: $schema=policy.schema.json\nlibblock_policy: 1\n");
    CHECK(load_package(folder / "a.yaml").package == package_named("A"));
    CHECK(names_in(folder.path()) == Names{"a.yaml", "policy.yaml"});
}

TEST_CASE("comments above the first key stay") {
    const TemporaryFolder folder;
    const auto saved_over = [&](std::string_view old) {
        write_file(folder / "a.yaml", old);
        save_package(package_named("A"), folder / "a.yaml");
        return read_file(folder / "a.yaml");
    };
    const std::string body = "libblock: 1\nname: A\nversion: 1\n";
    const std::string modeline = "# yaml-language-server: $schema=package.schema.json\n";
    CHECK(saved_over("# Owner: SOC\n\n# yaml-language-server: $schema=../s.json\nlibblock: 1\n") ==
          "# Owner: SOC\n\n# yaml-language-server: $schema=../s.json\n" + body);
    CHECK(saved_over("# Owner: SOC\r\nlibblock: 1\r\n") == modeline + "# Owner: SOC\n" + body);
    CHECK(saved_over("libblock: 1\nname: B\n") == modeline + body);
    CHECK(saved_over("# Owner: SOC\n") == modeline + "# Owner: SOC\n" + body);
    CHECK(saved_over("") == modeline + body);
    CHECK(saved_over("not [ YAML") == modeline + body);
    CHECK(saved_over(modeline + body) == modeline + body);
}

TEST_CASE("a comment that would be lost stops saving, unless it may") {
    const TemporaryFolder folder;
    const std::string old = "# kept\nlibblock: 1\nname: A # why\nversion: 1\n";
    write_file(folder / "a.yaml", old);
    const Error error = error_of([&] { save_package(package_named("B"), folder / "a.yaml"); });
    CHECK(error.code() == ErrorCode::CommentsAtRisk);
    CHECK(error.position() == Position{3, 9});
    CHECK(error.file() == (folder / "a.yaml").string());
    CHECK(read_file(folder / "a.yaml") == old);
    save_package(package_named("B"), folder / "a.yaml", {.drop_comments = true});
    CHECK(read_file(folder / "a.yaml").find("# kept\n") != std::string::npos);
    CHECK(read_file(folder / "a.yaml").find("why") == std::string::npos);
    write_file(folder / "a.yaml", "# caf\xe9\nlibblock: 1\n");
    CHECK(code_of([&] { save_package(package_named("B"), folder / "a.yaml"); }) ==
          ErrorCode::CommentsAtRisk);
    save_package(package_named("B"), folder / "a.yaml", {.drop_comments = true});
    CHECK(load_package(folder / "a.yaml").package == package_named("B"));
    write_file(folder / "p.yaml", "libblock_policy: 1\n# why\n");
    CHECK(code_of([&] { save_policy({}, folder / "p.yaml"); }) == ErrorCode::CommentsAtRisk);
}

TEST_CASE("a file that must be new replaces none") {
    const TemporaryFolder folder;
    const SaveOptions options{.drop_comments = false, .must_be_new = true};
    save_package(package_named("A"), folder / "a.yaml", options);
    CHECK(code_of([&] { save_package(package_named("B"), folder / "a.yaml", options); }) ==
          ErrorCode::AlreadyExists);
    CHECK(load_package(folder / "a.yaml").package.name() == "A");
}

TEST_CASE("a document that its comments would make too large is not written") {
    const TemporaryFolder folder;
    Package package("A");
    package.set_description(std::string(limits::text_bytes, 'x'));
    std::vector<HashEntry> entries(250);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        entries[i].sha256 = hash_text(std::to_string(i));
        entries[i].note = package.description();
    }
    package.add(std::move(entries));
    const std::size_t room = limits::document_bytes - format_package(package, "a").yaml.size();
    const std::string line(200'000, '#');
    std::string comments;
    while (comments.size() < room) comments += line + "\n";
    write_file(folder / "a.yaml", comments);
    CHECK(code_of([&] { save_package(package, folder / "a.yaml"); }) == ErrorCode::LimitExceeded);
    CHECK(read_file(folder / "a.yaml") == comments);
}

TEST_CASE("what is no file of text is not replaced") {
    const TemporaryFolder folder;
    CHECK(code_of([&] { save_policy({}, folder.path()); }) == ErrorCode::FileAccess);
    CHECK(code_of([&] { save_policy({}, folder / "none/p.yaml"); }) == ErrorCode::FileAccess);
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK(code_of([&] { save_policy({}, folder / "pipe"); }) == ErrorCode::FileAccess);
}

TEST_CASE("lists are written beside the document, and removed when it needs them no more") {
    const TemporaryFolder folder;
    const fs::path path = folder / "large.yaml";
    save_package(large_package(), path);
    CHECK(names_in(folder.path()) == Names{"large.sha256", "large.yaml"});
    CHECK(load_package(path).package == large_package());

    Package more = large_package();
    more.add({{hash_text("one more"), HashKind::File, "", {}, "", {}}});
    save_package(more, path);
    CHECK(names_in(folder.path()) == Names{"large.sha256", "large.yaml"});
    CHECK(load_package(path).package == more);

    Package two = large_package();
    two.add({{hash_text("of another kind"), HashKind::Authenticode, "", {}, "", {}}});
    save_package(two, path);
    CHECK(names_in(folder.path()) == Names{"large-1.sha256", "large-2.sha256", "large.yaml"});
    CHECK(load_package(path).package == two);

    save_package(package_named("Small", 3), path);
    CHECK(names_in(folder.path()) == Names{"large.yaml"});
    CHECK(load_package(path).package == package_named("Small", 3));
}

TEST_CASE("a list with a name of the author's own is read, and left alone") {
    const TemporaryFolder folder;
    const std::string list = hash_text("x").to_string() + "  x.exe\n";
    write_file(folder / "shared.sha256", list);
    write_file(folder / "a.yaml",
               "libblock: 1\nname: A\nversion: 1\nhash_lists:\n  - file: shared.sha256\n"
               "    count: 1\n    sha256: " +
                   hash_text(list).to_string() + "\n");
    const Package package = load_package(folder / "a.yaml").package;
    CHECK(package.entries().size() == 1);
    save_package(package, folder / "a.yaml");
    CHECK(names_in(folder.path()) == Names{"a.yaml", "shared.sha256"});
}

TEST_CASE("a file that has a list's name and is not the document's is not overwritten") {
    const TemporaryFolder folder;
    write_file(folder / "large.sha256", "from a vendor\n");
    const Error error = error_of([&] { save_package(large_package(), folder / "large.yaml"); });
    CHECK(error.code() == ErrorCode::AlreadyExists);
    CHECK(error.file() == (folder / "large.sha256").string());
    CHECK(names_in(folder.path()) == Names{"large.sha256"});
    CHECK(read_file(folder / "large.sha256") == "from a vendor\n");
    // After a crash between list and document the same list is there: that is no obstacle.
    write_file(folder / "large.sha256", format_package(large_package(), "large").lists[0].bytes);
    CHECK_NOTHROW(save_package(large_package(), folder / "large.yaml"));
}

TEST_CASE("lists lie beside the file that a link leads to") {
    const TemporaryFolder folder;
    fs::create_directory(folder / "packages");
    fs::create_symlink("packages/large.yaml", folder / "link.yaml");
    save_package(large_package(), folder / "link.yaml");
    CHECK(fs::is_symlink(folder / "link.yaml"));
    CHECK(names_in(folder / "packages") == Names{"large.sha256", "large.yaml"});
    CHECK(load_package(folder / "link.yaml").package == large_package());
}

TEST_CASE("when a list cannot be written the old document and its lists stay") {
    const TemporaryFolder folder;
    save_package(large_package(), folder / "large.yaml");
    Package two = large_package();
    two.add({{hash_text("of another kind"), HashKind::Authenticode, "", {}, "", {}}});
    fs::create_directory(folder / "large-2.sha256");
    CHECK(code_of([&] { save_package(two, folder / "large.yaml"); }) == ErrorCode::FileAccess);
    CHECK(names_in(folder.path()) == Names{"large-2.sha256", "large.sha256", "large.yaml"});
    CHECK(load_package(folder / "large.yaml").package == large_package());
}

TEST_CASE("a policy goes to a file and back") {
    const TemporaryFolder folder;
    Policy policy;
    policy.packages = {{"A", "a.yaml"}, {"B", "../b.yaml"}};
    policy.tree.add_group("/Servers");
    policy.tree.set_state("/Servers", "A", EnforcementState::Audit,
                          parse_timestamp("2026-11-23T08:00:00Z"));
    save_policy(policy, folder / "policy.yaml");
    CHECK(load_policy(folder / "policy.yaml").policy == policy);
}

// ---- documents of targets ----------------------------------------------------------------------

TEST_CASE("documents of targets are written into a folder, which is made if needed") {
    const TemporaryFolder folder;
    const auto out = folder / "a/b";
    const std::vector<ExportedDocument> documents{{"one.txt", "1\n"}, {"two.txt", ""}};
    CHECK(save_documents(documents, out) == Names{"one.txt", "two.txt"});
    CHECK(read_file(out / "one.txt") == "1\n");
    CHECK(read_file(out / "two.txt").empty());
    CHECK(save_documents({}, folder / "c").empty());
    CHECK(!std::filesystem::exists(folder / "c"));
}

TEST_CASE("what is there already is left alone, replaced or refused") {
    const TemporaryFolder folder;
    write_file(folder / "same", "1");
    write_file(folder / "other", "x");
    const std::vector<ExportedDocument> documents{{"new", "1"}, {"same", "1"}, {"other", "1"}};
    const Error error = error_of([&] { save_documents(documents, folder.path()); });
    CHECK(error.code() == ErrorCode::AlreadyExists);
    CHECK(error.file().ends_with("other"));
    CHECK(!std::filesystem::exists(folder / "new"));
    CHECK(save_documents(documents, folder.path(), true) == Names{"new", "other"});
    CHECK(read_file(folder / "other") == "1");
}

TEST_CASE("a link that leads nowhere is a file that is there") {
    const TemporaryFolder folder;
    const TemporaryFolder elsewhere;
    std::filesystem::create_symlink(elsewhere / "target", folder / "link");
    const std::vector<ExportedDocument> documents{{"link", "1"}};
    CHECK(code_of([&] { save_documents(documents, folder.path()); }) == ErrorCode::AlreadyExists);
    CHECK(!std::filesystem::exists(elsewhere / "target"));
    CHECK(save_documents(documents, folder.path(), true) == Names{"link"});
    CHECK(read_file(elsewhere / "target") == "1");
}

TEST_CASE("no document leaves its folder, and none is written where that is none") {
    const TemporaryFolder folder;
    for (const std::string name : {"", ".", "..", "a/b", "../a", "/a"}) {
        CAPTURE(name);
        CHECK(code_of([&] {
                  save_documents({{name, ""}}, folder.path());
              }) == ErrorCode::InvalidValue);
    }
    write_file(folder / "file", "");
    CHECK(code_of([&] {
              save_documents({{"a", ""}}, folder / "file/below");
          }) == ErrorCode::FileAccess);
}
