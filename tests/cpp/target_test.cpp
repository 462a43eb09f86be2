#include "libblock/target.hpp"

#include "support.hpp"
