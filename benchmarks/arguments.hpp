#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace benchmarks {

/// A number from 1 on. Throws `std::runtime_error` if it is none.
std::size_t read_number(std::string_view text);

/// Does the work of `main`: an error is told in one line, and gives the exit code.
int run_main(const std::function<void()>& work);

}  // namespace benchmarks
