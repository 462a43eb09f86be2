#pragma once

#include <memory>
#include <string_view>

#include "libblock/extraction.hpp"

namespace libblock {

/// Extracts from a text that comes in pieces, such as a pipe or a file larger than memory. What it
/// finds is what `extract` finds in the whole text, wherever the pieces end. Keeps about a megabyte
/// of the text beside the results. Moves, does not copy.
class Extractor {
public:
    explicit Extractor(ExtractOptions options = {});
    Extractor(Extractor&&) noexcept;
    Extractor& operator=(Extractor&&) noexcept;
    ~Extractor();

    /// Reads the next piece. Throws `Error` (InvalidValue) after `finish`.
    void feed(std::string_view piece);

    /// Ends the text and gives all that was found in it. Throws `Error` (InvalidValue) if called
    /// again.
    Extraction finish();

private:
    class Reader;
    std::unique_ptr<Reader> reader_;
};

}  // namespace libblock
