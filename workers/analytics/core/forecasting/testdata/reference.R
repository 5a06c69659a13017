# Makes reference.json: what R's forecast package says of classic public series.
# Rscript reference.R > reference.json   (R 4.2.2, forecast 8.20, jsonlite; Debian's r-cran-forecast)
# The file kept here leaves out the series uspop and treering and, to stay small, most of `stl`.
suppressMessages({library(forecast); library(jsonlite)})
daily <- head(taylor, 1008)
series <- list(AirPassengers=AirPassengers, nottem=nottem, WWWusage=WWWusage, UKgas=UKgas,
  LakeHuron=LakeHuron, lynx=lynx, wineind=wineind, co2=window(co2, 1980), Nile=Nile,
  JohnsonJohnson=JohnsonJohnson, USAccDeaths=USAccDeaths, austres=austres, airmiles=airmiles,
  discoveries=discoveries, gas=window(gas, 1985), woolyrnq=woolyrnq,
  BJsales=BJsales, presidents=na.interp(presidents))
num <- function(x) as.numeric(x)
bands <- function(f) list(mean=num(f$mean), lower=num(f$lower[,1]), upper=num(f$upper[,1]))
out <- list(madeWith=paste(R.version.string, "forecast", packageVersion("forecast")), series=list())
forms <- c("ANN","AAN","AAdN","ANA","AAA","AAdA","MNN","MAN","MAdN","MNA","MAA","MAdA","MNM","MAM","MAdM")
orders <- list(c(1,0,0,0,0,0),c(0,1,1,0,0,0),c(2,0,1,0,0,0),c(1,1,1,0,0,0),c(3,1,1,0,0,0),c(0,2,2,0,0,0),
  c(0,1,1,0,1,1),c(2,1,1,0,1,0),c(1,0,0,0,1,1),c(1,0,1,1,0,0),c(1,0,0,1,1,1))
for (name in names(series)) {
  y <- series[[name]]; m <- frequency(y); h <- if (m > 1) 2*m else 10
  if (m == 12) h <- 18
  e <- list()
  e$season <- m; e$values <- num(y); e$horizon <- h
  fits <- list()
  for (f in forms) {
    d <- nchar(f) == 4; model <- paste0(substr(f,1,2), substr(f,nchar(f),nchar(f)))
    if (m == 1 && substr(model,3,3) != "N") next
    fit <- try(ets(y, model=model, damped=d), silent=TRUE)
    if (inherits(fit, "try-error") || is.null(fit$loglik)) next
    fits[[f]] <- list(logLikelihood=fit$loglik, aicc=fit$aicc)
  }
  e$etsForms <- fits
  fit <- ets(y); e$ets <- c(list(name=fit$method, logLikelihood=fit$loglik, aicc=fit$aicc, sigma2=fit$sigma2),
    bands(forecast(fit, h=h, level=95)))
  for (exact in c(FALSE, TRUE)) {
    fit <- if (exact) auto.arima(y, approximation=FALSE) else auto.arima(y)
    e[[if (exact) "arimaExact" else "arima"]] <- c(list(name=as.character(fit), order=fit$arma, coefficients=as.list(coef(fit)), logLikelihood=fit$loglik,
      aicc=fit$aicc, sigma2=fit$sigma2), bands(forecast(fit, h=h, level=95)))
  }
  e$arimaFits <- list()
  for (o in orders) {
    if (m == 1 && sum(o[4:6]) > 0) next
    fit <- try(Arima(y, order=o[1:3], seasonal=o[4:6]), silent=TRUE)
    if (inherits(fit, "try-error")) next
    e$arimaFits[[length(e$arimaFits)+1]] <- list(order=o, logLikelihood=fit$loglik, coefficients=as.list(coef(fit)), mean=num(forecast(fit,h=h)$mean))
  }
  e$differences <- list(ndiffs=ndiffs(y), kpss=urca::ur.kpss(y, type="mu", use.lag=trunc(3*sqrt(length(y))/13))@teststat)
  if (m > 1) { e$differences$nsdiffs <- nsdiffs(y); e$differences$strength <- forecast:::seas.heuristic(y)
    e$decomposition <- list(additive=num(decompose(y)$figure), multiplicative=num(decompose(y,"multiplicative")$figure))
    s <- mstl(y); e$stl <- list(trend=num(s[,"Trend"]), seasonal=num(s[,3])) }
  e$theta <- bands(thetaf(y, h=h, level=95))
  e$ses <- bands(ses(y, h=h, level=95)); e$holt <- bands(holt(y, h=h, level=95)); e$damped <- bands(holt(y, h=h, damped=TRUE, level=95))
  e$naive <- bands(naive(y, h=h, level=95)); e$seasonalNaive <- bands(snaive(y, h=h, level=95))
  e$drift <- bands(rwf(y, drift=TRUE, h=h, level=95)); e$mean <- bands(meanf(y, h=h, level=95))
  b <- Box.test(y, lag=10, type="Ljung-Box"); e$ljungBox <- list(statistic=num(b$statistic), pValue=b$p.value)
  e$acf <- num(acf(y, lag.max=10, plot=FALSE)$acf)
  if (m > 1) e$accuracyOf <- NULL
  out$series[[name]] <- e
}
i <- c(0,0,3,0,0,0,5,0,2,0,0,0,0,4,0,0,6,0,0,0,2,0,0,3,0,1,0,0,0,7)
out$intermittent <- list(values=i, croston=num(croston(i,h=1)$mean), crostonWide=num(croston(i,h=1,alpha=0.3)$mean))
x <- msts(num(daily), c(48, 336)); s <- mstl(x)
out$twoSeasons <- list(values=num(daily), trend=num(s[,2]), daily=num(s[,3]), weekly=num(s[,4]))
cat(toJSON(out, digits=9, auto_unbox=TRUE, null="null"))
