# The tables beside this file, from scikit-learn 1.2.1: python3 tables.py FOLDER
import json
from sklearn.datasets import load_iris, load_wine, load_breast_cancer, load_digits, load_diabetes
from sklearn.model_selection import StratifiedKFold, KFold
import numpy as np
import sys
out=sys.argv[1]+'/'
def folds(X,y,strat):
    f=np.zeros(len(y),int)
    cv=(StratifiedKFold if strat else KFold)(5,shuffle=True,random_state=0)
    for k,(a,b) in enumerate(cv.split(X,y)): f[b]=k
    return ''.join(map(str,f))
for name,load in [('iris',load_iris),('wine',load_wine),('breast-cancer',load_breast_cancer),('diabetes',load_diabetes)]:
    d=load() if name!='diabetes' else load_diabetes(scaled=False)
    X,y=d.data,d.target
    cls=name!='diabetes'
    rows=[[float(v) for v in r] for r in X]
    def num(v): 
        return repr(int(v)) if v==int(v) else repr(v)
    with open(out+name+'.json','w') as fh:
        fh.write('{"columns":%d,"folds":"%s",\n"targets":[%s],\n"values":[\n%s\n]}\n'%(X.shape[1],folds(X,y,cls),','.join(num(float(v)) for v in y),',\n'.join(','.join(num(v) for v in r) for r in rows)))
d=load_digits()
A='0123456789abcdefg'
with open(out+'digits.json','w') as fh:
    fh.write('{"columns":64,"folds":"%s",\n"targets":"%s",\n"values":[\n%s\n]}\n'%(folds(d.data,d.target,True),''.join(map(str,d.target)),',\n'.join('"'+''.join(A[int(v)] for v in r)+'"' for r in d.data)))
