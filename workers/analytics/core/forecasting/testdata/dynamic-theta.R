# Makes dynamic-theta.json: the dynamic optimised Theta model by R's optim, written from equations
# 13 to 18 of Fiorucci et al. (2016). Rscript dynamic-theta.R > dynamic-theta.json   (R 4.2.2)
suppressMessages(library(jsonlite))
path <- function(y, p, h) {
  n <- length(y); a <- p[2]; th <- p[3]; mu <- numeric(n + h); v <- c(y, rep(NA, h))
  l <- a * v[1] + (1 - a) * p[1]; A <- v[1]; B <- 0; m <- v[1]; mu[1] <- v[1]
  for (t in 2:(n + h)) {
    mu[t] <- l + (1 - 1 / th) * ((1 - a)^(t - 1) * A + (1 - (1 - a)^t) / a * B)
    if (t > n) v[t] <- mu[t]
    l <- a * v[t] + (1 - a) * l
    B <- ((t - 2) * B + 6 * (v[t] - m) / t) / (t + 1)
    m <- ((t - 1) * m + v[t]) / t
    A <- m - (t + 1) / 2 * B
  }
  mu
}
out <- list()
for (name in c("LakeHuron", "Nile", "airmiles", "WWWusage", "lynx", "discoveries")) {
  y <- as.numeric(get(name)); n <- length(y); best <- NULL
  loss <- function(p) if (p[2] < 0.1 || p[2] > 0.99 || p[3] < 1) 1e99 else sum((y - path(y, p, 1)[1:n])[3:n]^2)
  for (a in c(0.2, 0.5, 0.9)) for (th in c(1.5, 2, 5)) {
    fit <- optim(c(y[1] / 2, a, th), loss, control = list(maxit = 5000, reltol = 1e-12))
    fit <- optim(fit$par, loss, control = list(maxit = 5000, reltol = 1e-12))
    if (is.null(best) || fit$value < best$value) best <- fit
  }
  out[[name]] <- list(squares = best$value, alpha = best$par[2], mean = path(y, best$par, 8)[n + 1:8])
}
cat(toJSON(out, digits = 12, auto_unbox = TRUE))
