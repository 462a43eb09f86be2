// Mutates texts by what stands in advisories, beside what libFuzzer does itself.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "fuzz.hpp"
#include "mixtures.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using libblock::test::below;
using libblock::test::Random;

bool is_hex_digit(char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/// A random place, for one half of them one where digits begin or end.
std::size_t some_place(Random& random, std::string_view text) {
    std::size_t at = below(random, text.size() + 1);
    if (below(random, 2) == 0) return at;
    const auto within = [&] {
        return at > 0 && at < text.size() && is_hex_digit(text[at]) == is_hex_digit(text[at - 1]);
    };
    while (within()) ++at;
    return at;
}

std::string mutated(std::string_view text, Random& random) {
    std::string result(text);
    const std::size_t at = some_place(random, text);
    switch (below(random, 4)) {
        case 0:  // one digit more
            return result.insert(at, 1, "0123456789abcdef"[below(random, 16)]);
        case 1:  // some bytes less
            return result.erase(at, 1 + below(random, 4));
        case 2:
            return result.replace(at, below(random, 8), libblock::test::mixture_part(random));
        default:
            return result.insert(at, libblock::test::mixture_part(random));
    }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned int seed) {
    Random random(seed);
    if (below(random, 2) == 0) return LLVMFuzzerMutate(data, size, max_size);
    const std::string text = mutated(libblock::fuzz::as_text(data, size), random);
    const std::size_t kept = std::min(text.size(), max_size);
    std::memcpy(data, text.data(), kept);
    return kept;
}
