#include <cstdlib>
#include <iostream>
#include <libblock/libblock.hpp>

// Uses what pulls in each dependency of the library: OpenSSL, fmt, yaml-cpp and utf8proc.
int main() {
    libblock::Package package("consumer");
    package.add({libblock::HashEntry{.sha256 = libblock::hash_text("abc")}});

    const auto text = libblock::format_package(package, "consumer");
    const auto read = libblock::parse_package(text.yaml, ".").package;
    if (read != package) return EXIT_FAILURE;

    std::cout << "libblock " << libblock::version << ": " << read.entries()[0].sha256.to_string()
              << '\n';
    return EXIT_SUCCESS;
}
