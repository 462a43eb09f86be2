#include "libblock/error.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace libblock {
namespace {

std::string describe(const std::string& message, const std::string& file, Position position) {
    std::string place = file;
    if (position.line != 0) {
        if (!place.empty()) place += ':';
        place += fmt::format("{}:{}", position.line, position.column);
    }
    return place.empty() ? message : fmt::format("{}: {}", place, message);
}

}  // namespace

Error::Error(ErrorCode code, std::string message, std::string file, Position position)
    : std::runtime_error(describe(message, file, position)),
      code_(code),
      message_(std::move(message)),
      file_(std::move(file)),
      position_(position) {}

Error Error::in_file(std::string file) const {
    return Error(code_, message_, std::move(file), position_);
}

}  // namespace libblock
