# sklearn-1.2.1.json beside this file: python3 expected.py > sklearn-1.2.1.json
import json, numpy as np, warnings
warnings.filterwarnings('error')
from sklearn.datasets import load_iris, load_wine, load_breast_cancer, load_digits, load_diabetes
from sklearn.linear_model import LinearRegression, Ridge, Lasso, ElasticNet, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler
out = {}
def flat(a): return [float(v) for v in np.asarray(a).ravel()]
d = load_diabetes(scaled=False); X, y = d.data, d.target
w = 1 + np.arange(len(y)) % 3; w = w / w.mean()
Z = StandardScaler().fit_transform(X)
wide = Z[:8]; yw = y[:8]
twin = np.c_[Z, Z[:, 0], np.full(len(y), 7.0)]
linear = {}
def lin(name, m, X, y, w=None):
    m.fit(X, y, sample_weight=w); linear[name] = {'coefficients': flat(m.coef_), 'intercept': float(m.intercept_)}
lin('least-squares', LinearRegression(), X, y)
lin('least-squares weighed', LinearRegression(), X, y, w)
lin('least-squares wide', LinearRegression(), wide, yw)
lin('least-squares twin', LinearRegression(), twin, y)
lin('ridge', Ridge(alpha=2.5), X, y)
lin('ridge weighed', Ridge(alpha=100), X, y, w)
lin('ridge wide', Ridge(alpha=0.5), wide, yw)
yc = y - y.mean(); n = len(y)
top = np.abs(Z.T @ yc).max() / n
lin('lasso', Lasso(alpha=0.05 * top, tol=1e-13, max_iter=100000), Z, y)
lin('elastic-net', ElasticNet(alpha=0.02 * top / 0.3, l1_ratio=0.3, tol=1e-13, max_iter=100000), Z, y)
topw = np.abs(wide.T @ ((yw - yw.mean()))); 
wc = wide - wide.mean(0); topw = np.abs(wc.T @ (yw - yw.mean())).max() / 8
lin('lasso wide', Lasso(alpha=0.1 * topw, tol=1e-13, max_iter=1000000), wide, yw)
mw = (Z * w[:, None]).sum(0) / w.sum(); yw_ = (y * w).sum() / w.sum()
topww = np.abs(((Z - mw) * w[:, None]).T @ (y - yw_)).max() / n
lin('lasso weighed', Lasso(alpha=0.05 * topww, tol=1e-13, max_iter=100000), Z, y, w)
out['linear'] = linear
log = {}
def lr(name, load, C, w=False, scale=True):
    X, y = load(return_X_y=True)
    if scale: X = StandardScaler().fit_transform(X)
    ww = None
    if w:
        ww = 1 + np.arange(len(y)) % 3; ww = ww / ww.mean()
    warnings.simplefilter('default')
    m = LogisticRegression(C=C, tol=1e-12, max_iter=100000, solver='newton-cg', multi_class='multinomial' if len(set(y)) > 2 else 'ovr').fit(X, y, ww)
    log[name] = {'coefficients': flat(m.coef_), 'intercepts': flat(m.intercept_), 'c': C}
lr('iris', load_iris, 1.0, scale=False)
lr('wine', load_wine, 0.1)
lr('wine weighed', load_wine, 0.1, w=True)
lr('breast-cancer', load_breast_cancer, 0.5)
out['logistic'] = log
knn = {}
for name, load in [('wine', load_wine), ('breast-cancer', load_breast_cancer), ('iris', load_iris)]:
    X, y = load(return_X_y=True)
    t = np.arange(len(y)) % 5 == 0
    for votes in ['uniform', 'distance']:
        for metric in ['euclidean', 'manhattan']:
            k = 7
            m = KNeighborsClassifier(k, weights=votes, metric=metric, algorithm='brute').fit(X[~t], y[~t])
            dist = KNeighborsClassifier(k + 1, metric=metric, algorithm='kd_tree').fit(X[~t], y[~t]).kneighbors(X[t])[0]
            tied = (dist[:, k] - dist[:, k - 1]) < 1e-9
            P = m.predict_proba(X[t]); P[tied] = -1   # whom a tie takes is chance there
            knn[f'{name} {votes} {metric}'] = flat(P)
X, y = load_diabetes(return_X_y=True, scaled=False)
t = np.arange(len(y)) % 5 == 0
knn['diabetes'] = flat(KNeighborsRegressor(6, weights='distance').fit(X[~t], y[~t]).predict(X[t]))
out['neighbours'] = knn
nb = {}
for name, load in [('iris', load_iris), ('wine', load_wine), ('digits', load_digits)]:
    X, y = load(return_X_y=True)
    nb[name] = flat(GaussianNB().fit(X, y).predict_proba(X[::37]))
X, y = load_wine(return_X_y=True)
# Whole weights are so many rows.
w = 1 + np.arange(len(y)) % 3
nb['wine weighed'] = flat(GaussianNB().fit(np.repeat(X, w, 0), np.repeat(y, w)).predict_proba(X[::37]))
out['bayes'] = nb
met = {}
rng = np.random.RandomState(3)
from sklearn import metrics as M
t = rng.randint(0, 3, 60); P = rng.dirichlet([1, 1, 1], 60).round(1); P[:, 2] = 1 - P[:, 0] - P[:, 1]; P = np.abs(P).round(1)
P = P / P.sum(1, keepdims=True)
w = rng.rand(60).round(2) + .1
b = (t > 0).astype(int); s = P[:, 0]
a, c = rng.randn(60).round(3), rng.randn(60).round(3)
g = P.argmax(1)
for nm, ww in [('plain', None), ('weighed', w)]:
    met[nm] = {
      'accuracy': M.accuracy_score(t, g, sample_weight=ww), 'macroF1': M.f1_score(t, g, average='macro', sample_weight=ww),
      'logLoss': M.log_loss(t, P, sample_weight=ww), 'binaryRocAuc': M.roc_auc_score(b, s, sample_weight=ww),
      'rocAuc': float(np.mean([M.roc_auc_score(t == k, P[:, k], sample_weight=ww) for k in range(3)])),
      'brierScore': M.brier_score_loss(b, s, sample_weight=ww),
      'rootMeanSquaredError': M.mean_squared_error(a, c, squared=False, sample_weight=ww),
      'meanAbsoluteError': M.mean_absolute_error(a, c, sample_weight=ww), 'rSquared': M.r2_score(a, c, sample_weight=ww)}
met['rocAucPlainCheck'] = M.roc_auc_score(t, P, multi_class='ovr')
met.update(truth=[int(v) for v in t], probabilities=flat(P), weights=flat(w), values=flat(a), guesses=flat(c))
out['metrics'] = met
json.dump(out, __import__('sys').stdout, separators=(',', ':'))
