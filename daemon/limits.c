// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/limits.h"

const OhLimits oh_limits_default = {
  .listeners = 64,
  .listeners_per_user = 16,
  .handles_per_line = 8,
  .queued = 256,
  .requests = 32,
  .asks = 32,
  .asks_per_user = 8,
  .ask_open_ms = 5000,
  .ask_ms = 20000,
  .ask_password_ms = 120000,
  .answer_ms = 10000,
  .refused_ms = 1000,
  .reply_ms = 10000,
  .ended_ms = 5000,
  .ended_most_ms = 60000,
  .ended_calls = 16,
  .stop_ms = 3000,
  .retry_ms = 2000,
  .pause_ms = 2000,
  .wake_ms = 15000,
  .mute_ms = 60000,
  .gone_ms = 60000,
};
