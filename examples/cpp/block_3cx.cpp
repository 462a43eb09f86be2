// The 3CX job in C++: from the advisory's text to decisions.
//
// Run it with the advisory and the folder to write into: block_3cx ADVISORY OUTPUT

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <libblock/libblock.hpp>
#include <span>
#include <string>

namespace {

using libblock::EnforcementState;
using libblock::Platform;

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Paste the advisory, extract, bulk add, and add a rule for each operating system.
libblock::Package author_package(const std::filesystem::path& advisory) {
    libblock::Package package("3CX DesktopApp");
    package.add(libblock::extract(read(advisory)),
                {advisory.filename().string(), libblock::hash_file(advisory), {}});
    for (const auto platform : {Platform::Windows, Platform::Macos, Platform::Linux}) {
        const bool windows = platform == Platform::Windows;
        package.add_rule({"3CXDesktopApp on " + std::string(to_string(platform)),
                          {platform},
                          {{libblock::Field::OriginalFilename, libblock::Operation::Equals,
                            windows ? "3CXDesktopApp.exe" : "3CXDesktopApp"}}});
    }
    return package;
}

/// Enforce at the root, and only watch on the Linux servers.
libblock::PolicyTree author_policy(const libblock::Package& package) {
    libblock::PolicyTree tree;
    for (const auto* group : {"/Workstations", "/Servers", "/Servers/Linux"}) tree.add_group(group);
    tree.set_state("/", package.name(), EnforcementState::Enforce);
    tree.set_state("/Servers/Linux", package.name(), EnforcementState::Audit);
    return tree;
}

void run(const std::filesystem::path& advisory, const std::filesystem::path& output) {
    const libblock::Package package = author_package(advisory);
    const libblock::PolicyTree tree = author_policy(package);
    libblock::save_package(package, output / "3cx-desktopapp.yaml");
    libblock::save_policy({tree, {{package.name(), "3cx-desktopapp.yaml"}}},
                          output / "policy.yaml");
    std::cout << package.name() << ": " << package.entries().size() << " hashes, "
              << package.rules().size() << " rules\n";

    libblock::FileFacts renamed;
    renamed.platform = Platform::Windows;
    renamed.values[libblock::Field::Path] = {R"(C:\ProgramData\updater.exe)"};
    renamed.values[libblock::Field::OriginalFilename] = {"3CXDesktopApp.exe"};
    for (const auto* group : {"/Workstations", "/Servers", "/Servers/Linux"}) {
        const auto decision = libblock::decide(renamed, std::span(&package, 1), tree, group);
        std::cout << group << ": " << to_string(decision.verdict) << '\n';
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: block_3cx ADVISORY OUTPUT\n";
        return 2;
    }
    try {
        run(argv[1], argv[2]);
    } catch (const std::exception& error) {
        std::cerr << "block_3cx: " << error.what() << '\n';
        return 2;
    }
    return 0;
}
