#include "libblock/compilation.hpp"

#include "support.hpp"
